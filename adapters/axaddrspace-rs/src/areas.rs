//! The areas of an address space, as the crate shows them.
//!
//! `AddrSpace` has no iterator over its areas; its `Debug` text is the only place where it shows them, without
//! their backends. So the backend that an area has been mapped with is noted here, and the rest is the crate's.

use axaddrspace::{AddrSpace, MappingFlags};

use crate::flags;
use crate::nested_page_table::NestedPageTable;

pub struct Area {
    start: usize,
    end: usize,
    flags: MappingFlags,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Linear { physical: usize },
    Alloc { populate: bool },
}

struct Note {
    start: usize,
    end: usize,
    backend: Backend,
}

/// Which backend the pages have been mapped with, the latest at the end.
#[derive(Default)]
pub struct Backends(Vec<Note>);

impl Backends {
    pub fn note(&mut self, start: usize, size: usize, backend: Backend) {
        let end = start + size;
        self.0.retain(|old| old.start < start || end < old.end);
        self.0.push(Note {
            start,
            end,
            backend,
        });
    }

    pub fn text(&self, area: &Area) -> String {
        let note = self
            .0
            .iter()
            .rev()
            .find(|note| note.start <= area.start && area.start < note.end);
        let note = note.expect("an area was never mapped");
        let backend = match note.backend {
            Backend::Linear { physical } => {
                format!("linear:{:#x}", physical + (area.start - note.start))
            }
            Backend::Alloc { populate: true } => "alloc:eager".to_string(),
            Backend::Alloc { populate: false } => "alloc:lazy".to_string(),
        };
        format!(
            "{:#x}-{:#x} {} {backend}",
            area.start,
            area.end,
            flags::text(area.flags)
        )
    }
}

/// In the order in which the crate shows them.
pub fn areas(space: &AddrSpace<NestedPageTable>) -> Vec<Area> {
    let text = format!("{space:?}");
    let areas = text.split("MemoryArea { va_range: ").skip(1);
    areas
        .map(|area| parse(area).unwrap_or_else(|| panic!("no area: {area}")))
        .collect()
}

/// `GPA:0x1000..GPA:0x2000, flags: READ | WRITE, reported_flags: …`
fn parse(text: &str) -> Option<Area> {
    let (start, rest) = text.strip_prefix("GPA:0x")?.split_once("..GPA:0x")?;
    let (end, rest) = rest.split_once(", flags: ")?;
    let (names, _) = rest.split_once(", ")?;
    Some(Area {
        start: usize::from_str_radix(start, 16).ok()?,
        end: usize::from_str_radix(end, 16).ok()?,
        // An empty set is written 0x0, which is no flag's name.
        flags: names
            .split(" | ")
            .filter_map(MappingFlags::from_name)
            .collect(),
    })
}
