//! One address space: each request of the trace language is one call of the crate.

use ax_memory_addr::PhysAddr;
use axaddrspace::{AddrSpace, AddrSpaceError, AddrSpaceResult};
use axvm_types::GuestPhysAddr;

use crate::areas::{areas, Backend, Backends};
use crate::cpu;
use crate::flags;
use crate::frames::{self, Use, FRAME_SIZE};
use crate::line::{parse_number, Answer, Error, Words};
use crate::nested_page_table::{Leaf, NestedPageTable};
use crate::tlb;

pub struct Instance {
    space: AddrSpace<NestedPageTable>,
    backends: Backends,
}

impl Instance {
    pub fn new(base: usize, size: usize, limit: usize) -> Result<Self, Error> {
        frames::reset(limit);
        tlb::flush(None);
        let table = NestedPageTable::new().map_err(|_| Error::NoMemory)?;
        let space = AddrSpace::new_empty(table, base.into(), size).map_err(error_name)?;
        Ok(Self {
            space,
            backends: Backends::default(),
        })
    }

    pub fn answer(&mut self, verb: &str, words: &mut Words) -> Answer {
        match verb {
            "map" => self.map(words),
            "unmap" => self.unmap(words),
            "clear" => self.clear(words),
            "fault" => self.fault(words),
            "access" => self.access(words),
            "load" => self.load(words),
            "store" => self.store(words),
            "write" => self.write(words),
            "areas" => self.areas(words),
            "pages" => self.pages(words),
            "translate" => self.translate(words),
            "read" => self.read(words),
            "injected" => injected(words),
            _ => Err(Error::Unsupported),
        }
    }

    fn map(&mut self, words: &mut Words) -> Answer {
        let (start, size) = (words.number()?, words.number()?);
        let flags = flags::parse(words.word()?)?;
        let backend = parse_backend(words.word()?)?;
        frames::inject(words.injection()?);
        let at = GuestPhysAddr::from(start);
        let mapped = match backend {
            Backend::Linear { physical } => {
                self.space
                    .map_linear(at, PhysAddr::from(physical), size, flags)
            }
            Backend::Alloc { populate } => self.space.map_alloc(at, size, flags, populate),
        };
        if mapped.is_ok() {
            self.backends.note(start, size, backend);
        }
        done(mapped)
    }

    fn unmap(&mut self, words: &mut Words) -> Answer {
        let (start, size) = (words.address()?, words.number()?);
        frames::inject(words.injection()?);
        done(self.space.unmap(start, size))
    }

    fn clear(&mut self, words: &mut Words) -> Answer {
        frames::inject(words.injection()?);
        self.space.clear();
        Ok(String::new())
    }

    fn fault(&mut self, words: &mut Words) -> Answer {
        let address = words.address()?;
        let access = flags::parse_access(words.word()?)?;
        frames::inject(words.injection()?);
        Ok(self.space.handle_page_fault(address, access).to_string())
    }

    fn access(&mut self, words: &mut Words) -> Answer {
        let address = words.address()?;
        let access = flags::parse_access(words.word()?)?;
        frames::inject(words.injection()?);
        let physical = cpu::access(&mut self.space, address, access);
        Ok(physical.map_or("fault".to_string(), |physical| {
            format!("{:#x}", physical.as_usize())
        }))
    }

    fn load(&mut self, words: &mut Words) -> Answer {
        let (address, size) = (words.address()?, words.number()?);
        frames::inject(words.injection()?);
        let bytes = cpu::load(&mut self.space, address, size);
        Ok(bytes.map_or("fault".to_string(), |bytes| hex(&bytes)))
    }

    fn store(&mut self, words: &mut Words) -> Answer {
        let (address, bytes) = (words.address()?, words.bytes()?);
        frames::inject(words.injection()?);
        let stored = cpu::store(&mut self.space, address, &bytes);
        Ok(stored.map_or("fault".to_string(), |()| String::new()))
    }

    fn write(&mut self, words: &mut Words) -> Answer {
        let (address, bytes) = (words.address()?, words.bytes()?);
        frames::inject(words.injection()?);
        let mut rest = &bytes[..];
        for part in self.buffer(address, bytes.len())? {
            let (head, tail) = rest.split_at(part.len());
            part.copy_from_slice(head);
            rest = tail;
        }
        Ok(String::new())
    }

    fn read(&self, words: &mut Words) -> Answer {
        let (address, size) = (words.address()?, words.number()?);
        words.end()?;
        let parts = self.buffer(address, size)?;
        Ok(parts.iter().map(|part| hex(part)).collect())
    }

    /// The memory behind a range, piece by piece, in one call whatever the range is made of: the crate's
    /// documentation knows no reason for `None` but an address that is out of range or not mapped.
    fn buffer(&self, start: GuestPhysAddr, size: usize) -> Result<Vec<&'static mut [u8]>, Error> {
        if !self.space.contains_range(start, size) {
            return Err(Error::InvalidParam);
        }
        self.space
            .translated_byte_buffer(start, size)
            .ok_or(Error::NotMapped)
    }

    fn translate(&self, words: &mut Words) -> Answer {
        let address = words.address()?;
        words.end()?;
        let physical = self.space.translate(address);
        Ok(physical.map_or("none".to_string(), |physical| {
            format!("{:#x}", physical.as_usize())
        }))
    }

    fn areas(&self, words: &mut Words) -> Answer {
        words.end()?;
        let areas = areas(&self.space);
        Ok(list(areas.iter().map(|area| self.backends.text(area))))
    }

    fn pages(&self, words: &mut Words) -> Answer {
        words.end()?;
        Ok(list(self.space.page_table().leaves().flat_map(pages_of)))
    }
}

impl Words<'_> {
    fn address(&mut self) -> Result<GuestPhysAddr, Error> {
        self.number().map(GuestPhysAddr::from)
    }
}

/// Doesn't need an instance: it is asked after `drop` too.
pub fn frames_text(words: &mut Words) -> Answer {
    words.end()?;
    Ok(format!(
        "data={} table={}",
        frames::count(Use::Data),
        frames::count(Use::Table)
    ))
}

fn injected(words: &mut Words) -> Answer {
    words.end()?;
    Ok(frames::fired().to_string())
}

fn parse_backend(text: &str) -> Result<Backend, Error> {
    match text {
        "alloc:eager" => Ok(Backend::Alloc { populate: true }),
        "alloc:lazy" => Ok(Backend::Alloc { populate: false }),
        _ => {
            let physical = text.strip_prefix("linear:").ok_or(Error::InvalidParam)?;
            Ok(Backend::Linear {
                physical: parse_number(physical)?,
            })
        }
    }
}

fn pages_of(leaf: Leaf) -> impl Iterator<Item = String> {
    let flags = flags::text(leaf.flags);
    (0..leaf.size).step_by(FRAME_SIZE).map(move |offset| {
        let physical = leaf.physical.as_usize() + offset;
        format!("{:#x}={physical:#x}:{flags}", leaf.start + offset)
    })
}

fn done(result: AddrSpaceResult) -> Answer {
    result.map(|()| String::new()).map_err(error_name)
}

fn error_name(error: AddrSpaceError) -> Error {
    match error {
        AddrSpaceError::OutOfRange { .. }
        | AddrSpaceError::Unaligned { .. }
        | AddrSpaceError::AddressOverflow { .. }
        | AddrSpaceError::InvalidMapping => Error::InvalidParam,
        AddrSpaceError::MappingConflict => Error::AlreadyExists,
        AddrSpaceError::MappingState | AddrSpaceError::NeedsRepair => Error::BadState,
        AddrSpaceError::Unmapped { .. } | AddrSpaceError::InsufficientAccess { .. } => {
            Error::NotMapped
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    match items.is_empty() {
        true => "none".to_string(),
        false => items.join(";"),
    }
}
