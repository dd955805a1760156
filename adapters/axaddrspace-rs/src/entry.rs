//! A page-table entry, as the page-table crate asks its user for one.
//!
//! It is laid out for this adapter: the crate leaves the format to its user, and no processor reads it. It keeps
//! what the crate's documentation allows an entry to keep: every flag, and the address of a page that can't be
//! accessed.

use ax_memory_addr::PhysAddr;
use axaddrspace::MappingFlags;
use page_table_generic::PageTableEntry;

use crate::flags::ACCESSIBLE;

const ADDRESS: usize = 0x000f_ffff_ffff_f000;
const FLAGS: usize = 0b11_1111;
const TABLE: usize = 1 << 6;
const PAGE: usize = 1 << 7;
const HUGE: usize = 1 << 8;

#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Entry(usize);

impl PageTableEntry for Entry {
    type PteConfig = MappingFlags;

    fn new_page(address: PhysAddr, flags: MappingFlags, is_huge: bool) -> Self {
        let size = if is_huge { HUGE } else { 0 };
        Self((address.as_usize() & ADDRESS) | PAGE | size | flags.bits())
    }

    fn new_table(address: PhysAddr) -> Self {
        Self((address.as_usize() & ADDRESS) | TABLE)
    }

    fn paddr(&self, _is_dir: bool) -> PhysAddr {
        PhysAddr::from(self.0 & ADDRESS)
    }

    fn config(&self, _is_dir: bool) -> MappingFlags {
        MappingFlags::from_bits_truncate(self.0 & FLAGS)
    }

    fn present(&self) -> bool {
        self.0 & TABLE != 0 || self.config(false).intersects(ACCESSIBLE)
    }

    fn huge(&self, is_dir: bool) -> bool {
        is_dir && self.0 & HUGE != 0
    }

    fn unused(&self) -> bool {
        self.0 == 0
    }

    fn clear(&mut self) {
        self.0 = 0;
    }
}
