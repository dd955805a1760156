//! The published page table (`page-table-generic`) under the published address space (`axaddrspace`).
//!
//! `axaddrspace` leaves its page table to its user, as the trait `NestedPageTableOps`. Each operation here is one
//! call of the page-table crate; only `remap` is two, as that crate has none for a page that may be mapped or not.

use ax_memory_addr::{PhysAddr, VirtAddr, PAGE_SIZE_4K};
use axaddrspace::{AddrSpaceError, AddrSpaceResult, MappingFlags, NestedPageTableOps, PageSize};
use axvm_types::GuestPhysAddr;
use page_table_generic::{
    FrameAllocator, PageTable, PageTableEntry, PagingError, PagingResult, TableMeta,
};

use crate::entry::Entry;
use crate::frames::{self, Use};
use crate::tlb;

#[derive(Clone, Copy)]
struct FourLevels;

impl TableMeta for FourLevels {
    type P = Entry;

    const PAGE_SIZE: usize = PAGE_SIZE_4K;
    const LEVEL_BITS: &[usize] = &[9, 9, 9, 9];
    const MAX_BLOCK_LEVEL: usize = 3;
    const STRICT_ADDRESS_WIDTH: bool = true;

    fn flush(address: Option<VirtAddr>) {
        tlb::flush(address.map(VirtAddr::as_usize));
    }
}

#[derive(Clone, Copy)]
struct TableFrames;

impl FrameAllocator for TableFrames {
    fn alloc_frame(&self) -> Option<PhysAddr> {
        frames::alloc(Use::Table)
    }

    fn dealloc_frame(&self, frame: PhysAddr) {
        frames::free(frame);
    }

    fn phys_to_virt(&self, address: PhysAddr) -> *mut u8 {
        frames::pointer(address)
    }
}

pub struct NestedPageTable(PageTable<FourLevels, TableFrames>);

/// A page or block that can be accessed.
pub struct Leaf {
    pub start: usize,
    pub size: usize,
    pub physical: PhysAddr,
    pub flags: MappingFlags,
}

impl NestedPageTable {
    pub fn new() -> PagingResult<Self> {
        PageTable::new(TableFrames).map(Self)
    }

    /// In address order.
    pub fn leaves(&self) -> impl Iterator<Item = Leaf> + '_ {
        self.0.walk_valid().map(|found| {
            let is_dir = found.level > 1;
            Leaf {
                start: found.vaddr.as_usize(),
                size: self
                    .0
                    .mapping_size_for_level(found.level)
                    .unwrap_or(PAGE_SIZE_4K),
                physical: found.pte.paddr(is_dir),
                flags: found.pte.config(is_dir),
            }
        })
    }
}

impl NestedPageTableOps for NestedPageTable {
    fn root_paddr(&self) -> PhysAddr {
        self.0.root_paddr()
    }

    fn levels(&self) -> usize {
        FourLevels::LEVEL_BITS.len()
    }

    fn alloc_frame(&self) -> Option<PhysAddr> {
        frames::alloc(Use::Data)
    }

    fn dealloc_frame(&self, frame: PhysAddr) {
        frames::free(frame);
    }

    fn phys_to_virt(&self, address: PhysAddr) -> VirtAddr {
        VirtAddr::from(frames::pointer(address) as usize)
    }

    fn map(
        &mut self,
        start: GuestPhysAddr,
        physical: PhysAddr,
        size: PageSize,
        flags: MappingFlags,
    ) -> AddrSpaceResult {
        let mapped = self.0.map_page(virt(start), physical, size.into(), flags);
        mapped.map_err(|error| failure(error, start))
    }

    fn unmap(
        &mut self,
        start: GuestPhysAddr,
    ) -> AddrSpaceResult<(PhysAddr, MappingFlags, PageSize)> {
        let unmapped = self.0.unmap_page(virt(start));
        let (physical, flags, size) = unmapped.map_err(|error| failure(error, start))?;
        Ok((physical, flags, page_size(size)))
    }

    fn map_linear(
        &mut self,
        start: GuestPhysAddr,
        physical: PhysAddr,
        size: usize,
        flags: MappingFlags,
        allow_huge: bool,
    ) -> AddrSpaceResult {
        let mapped = self
            .0
            .map_linear_pages(virt(start), physical, size, flags, allow_huge);
        mapped.map_err(|error| failure(error, start))
    }

    fn unmap_region(&mut self, start: GuestPhysAddr, size: usize) -> AddrSpaceResult {
        let unmapped = self.0.unmap(virt(start), size);
        unmapped.map_err(|error| failure(error, start))
    }

    /// The trait gives no way to hand back the frame that was there before.
    fn remap(&mut self, start: GuestPhysAddr, physical: PhysAddr, flags: MappingFlags) -> bool {
        match self.0.remap_page(virt(start), physical, flags) {
            Err(PagingError::NotMapped) => {
                self.map(start, physical, PageSize::Size4K, flags).is_ok()
            }
            remapped => remapped.is_ok(),
        }
    }

    fn protect_region(&mut self, start: GuestPhysAddr, size: usize, flags: MappingFlags) -> bool {
        self.0.protect_region(virt(start), size, flags).is_ok()
    }

    fn query(&self, address: GuestPhysAddr) -> AddrSpaceResult<(PhysAddr, MappingFlags, PageSize)> {
        let found = self.0.query(virt(address));
        let (physical, flags, size) = found.map_err(|error| failure(error, address))?;
        Ok((physical, flags, page_size(size)))
    }
}

fn virt(address: GuestPhysAddr) -> VirtAddr {
    VirtAddr::from(address.as_usize())
}

fn page_size(size: usize) -> PageSize {
    match size {
        0x20_0000 => PageSize::Size2M,
        0x4000_0000 => PageSize::Size1G,
        _ => PageSize::Size4K,
    }
}

fn failure(error: PagingError, address: GuestPhysAddr) -> AddrSpaceError {
    match error {
        PagingError::NotMapped => AddrSpaceError::Unmapped { address },
        PagingError::MappingConflict { .. } => AddrSpaceError::MappingConflict,
        PagingError::AlignmentError { .. }
        | PagingError::AddressOverflow { .. }
        | PagingError::InvalidSize { .. }
        | PagingError::InvalidRange { .. } => AddrSpaceError::InvalidMapping,
        _ => AddrSpaceError::MappingState,
    }
}
