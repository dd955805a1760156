//! One memory set: each request of the trace language is one call of the crate.

use memory_addr::{AddrRange, VirtAddr};
use memory_set::{MappingError, MappingResult, MemoryArea, MemorySet};

use crate::flags::Flags;
use crate::line::{Answer, Error, Words};
use crate::mock::{MockBackend, MockTable};

pub struct Instance {
    set: MemorySet<MockBackend>,
    table: MockTable,
}

impl Instance {
    pub fn new(page: usize) -> Self {
        Self {
            set: MemorySet::new(),
            table: MockTable::new(page),
        }
    }

    pub fn answer(&mut self, verb: &str, words: &mut Words) -> Answer {
        match verb {
            "map" => self.map(words),
            "unmap" => self.unmap(words),
            "protect" => self.protect(words),
            "clear" => self.clear(words),
            "areas" => self.areas(words),
            "pages" => self.pages(words),
            "find" => self.find(words),
            "overlaps" => self.overlaps(words),
            "find-free" => self.find_free(words),
            "injected" => self.injected(words),
            _ => Err(Error::Unsupported),
        }
    }

    fn map(&mut self, words: &mut Words) -> Answer {
        let (start, size) = (words.number()?, words.number()?);
        let flags = Flags::parse(words.word()?)?;
        if words.word()? != "mock" {
            return Err(Error::InvalidParam);
        }
        let replace = words.skip_if("replace");
        self.table.inject(words.injection()?);
        // `MemoryArea::new` is documented to panic where `start + size` overflows, so it is its caller who asks.
        range(start, size)?;
        let area = MemoryArea::new(start.into(), size, flags, MockBackend);
        done(self.set.map(area, &mut self.table, replace))
    }

    fn unmap(&mut self, words: &mut Words) -> Answer {
        let (start, size) = (words.number()?, words.number()?);
        self.table.inject(words.injection()?);
        done(self.set.unmap(start.into(), size, &mut self.table))
    }

    fn protect(&mut self, words: &mut Words) -> Answer {
        let (start, size) = (words.number()?, words.number()?);
        let new = Flags::parse(words.word()?)?;
        self.table.inject(words.injection()?);
        let update = |old: Flags| old.protected(new);
        done(
            self.set
                .protect(start.into(), size, update, &mut self.table),
        )
    }

    fn clear(&mut self, words: &mut Words) -> Answer {
        self.table.inject(words.injection()?);
        done(self.set.clear(&mut self.table))
    }

    fn areas(&self, words: &mut Words) -> Answer {
        words.end()?;
        Ok(list(self.set.iter().map(area_text)))
    }

    fn pages(&self, words: &mut Words) -> Answer {
        words.end()?;
        let pages = self.table.pages();
        Ok(list(
            pages.map(|(address, flags)| format!("{address:#x}:{flags}")),
        ))
    }

    fn find(&self, words: &mut Words) -> Answer {
        let address = words.number()?;
        words.end()?;
        Ok(or_none(self.set.find(address.into()).map(area_text)))
    }

    fn overlaps(&self, words: &mut Words) -> Answer {
        let (start, size) = (words.number()?, words.number()?);
        words.end()?;
        Ok(self.set.overlaps(range(start, size)?).to_string())
    }

    fn find_free(&self, words: &mut Words) -> Answer {
        let (hint, size) = (words.number()?, words.number()?);
        let (start, end) = words.range()?;
        let align = words.number()?;
        words.end()?;
        let limit = AddrRange::try_new(start.into(), end.into()).ok_or(Error::InvalidParam)?;
        let found = self.set.find_free_area(hint.into(), size, limit, align);
        Ok(or_none(
            found.map(|address| format!("{:#x}", address.as_usize())),
        ))
    }

    fn injected(&self, words: &mut Words) -> Answer {
        words.end()?;
        Ok(self.table.fired().to_string())
    }
}

fn range(start: usize, size: usize) -> Result<AddrRange<VirtAddr>, Error> {
    AddrRange::try_from_start_size(start.into(), size).ok_or(Error::InvalidParam)
}

fn done(result: MappingResult) -> Answer {
    match result {
        Ok(()) => Ok(String::new()),
        Err(MappingError::InvalidParam) => Err(Error::InvalidParam),
        Err(MappingError::AlreadyExists) => Err(Error::AlreadyExists),
        Err(MappingError::BadState) => Err(Error::BadState),
    }
}

fn area_text(area: &MemoryArea<MockBackend>) -> String {
    let (start, end) = (area.start().as_usize(), area.end().as_usize());
    format!("{start:#x}-{end:#x} {} mock", area.flags())
}

fn or_none(text: Option<String>) -> String {
    text.unwrap_or_else(|| "none".to_string())
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    or_none((!items.is_empty()).then(|| items.join(";")))
}
