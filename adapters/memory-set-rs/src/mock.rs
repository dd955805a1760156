//! The page table that stands under the crate, and the mapping backend that changes it.
//!
//! It is the mock of the crate's own tests, with a page size of one's choice. In one thing it is stricter: a call
//! that fails has changed nothing, so that no damage after a failed call can be the mock's.

use std::collections::BTreeMap;

use memory_addr::VirtAddr;
use memory_set::MappingBackend;

use crate::flags::Flags;

/// One flags value for each page that is mapped, by the page's address.
pub struct MockTable {
    page: usize,
    pages: BTreeMap<usize, Flags>,
    calls_left: Option<usize>,
    fired: usize,
}

impl MockTable {
    pub fn new(page: usize) -> Self {
        Self {
            page,
            pages: BTreeMap::new(),
            calls_left: None,
            fired: 0,
        }
    }

    pub fn pages(&self) -> impl Iterator<Item = (usize, Flags)> + '_ {
        self.pages.iter().map(|(&address, &flags)| (address, flags))
    }

    /// From now on the first `calls` calls of the backend may succeed, and every later one fails.
    pub fn inject(&mut self, calls: Option<usize>) {
        self.calls_left = calls;
        self.fired = 0;
    }

    /// How many calls have failed since then because they were made to.
    pub fn fired(&self) -> usize {
        self.fired
    }

    fn fails(&mut self) -> bool {
        match &mut self.calls_left {
            None => false,
            Some(0) => {
                self.fired += 1;
                true
            }
            Some(left) => {
                *left -= 1;
                false
            }
        }
    }

    fn is_whole(&self, start: usize, size: usize) -> bool {
        self.pages.range(start..start + size).count() == size / self.page
    }

    fn map(&mut self, start: usize, size: usize, flags: Flags) -> bool {
        if self.fails() || self.pages.range(start..start + size).next().is_some() {
            return false;
        }
        let addresses = (start..start + size).step_by(self.page);
        self.pages.extend(addresses.map(|address| (address, flags)));
        true
    }

    fn unmap(&mut self, start: usize, size: usize) -> bool {
        if self.fails() || !self.is_whole(start, size) {
            return false;
        }
        for address in (start..start + size).step_by(self.page) {
            self.pages.remove(&address);
        }
        true
    }

    fn protect(&mut self, start: usize, size: usize, flags: Flags) -> bool {
        if self.fails() || !self.is_whole(start, size) {
            return false;
        }
        for (_, held) in self.pages.range_mut(start..start + size) {
            *held = flags;
        }
        true
    }
}

#[derive(Clone)]
pub struct MockBackend;

impl MappingBackend for MockBackend {
    type Addr = VirtAddr;
    type Flags = Flags;
    type PageTable = MockTable;

    fn map(&self, start: VirtAddr, size: usize, flags: Flags, table: &mut MockTable) -> bool {
        table.map(start.as_usize(), size, flags)
    }

    fn unmap(&self, start: VirtAddr, size: usize, table: &mut MockTable) -> bool {
        table.unmap(start.as_usize(), size)
    }

    fn protect(&self, start: VirtAddr, size: usize, flags: Flags, table: &mut MockTable) -> bool {
        table.protect(start.as_usize(), size, flags)
    }
}
