//! What a processor does with an address: TLB, page walk, check of the flags, and on a fault the crate's handler,
//! once.

use ax_memory_addr::PhysAddr;
use axaddrspace::{AddrSpace, MappingFlags, NestedPageTableOps};
use axvm_types::GuestPhysAddr;

use crate::frames;
use crate::nested_page_table::NestedPageTable;
use crate::tlb;

type Space = AddrSpace<NestedPageTable>;

/// The physical address, or `None` for a fault that stays one.
pub fn access(space: &mut Space, address: GuestPhysAddr, access: MappingFlags) -> Option<PhysAddr> {
    if let Some(physical) = permitted(space, address, access) {
        return Some(physical);
    }
    // A processor forgets a translation that faulted, so that the second try walks again.
    tlb::flush(Some(address.as_usize()));
    match space.handle_page_fault(address, access) {
        true => permitted(space, address, access),
        false => None,
    }
}

/// Inside one page.
pub fn load(space: &mut Space, address: GuestPhysAddr, size: usize) -> Option<Vec<u8>> {
    let physical = access(space, address, MappingFlags::READ)?;
    Some(frames::load(physical, size))
}

/// Inside one page.
pub fn store(space: &mut Space, address: GuestPhysAddr, bytes: &[u8]) -> Option<()> {
    let physical = access(space, address, MappingFlags::WRITE)?;
    frames::store(physical, bytes);
    Some(())
}

fn permitted(space: &Space, address: GuestPhysAddr, access: MappingFlags) -> Option<PhysAddr> {
    let (physical, flags) = translation(space, address)?;
    flags.contains(access).then_some(physical)
}

fn translation(space: &Space, address: GuestPhysAddr) -> Option<(PhysAddr, MappingFlags)> {
    if let Some(hit) = tlb::lookup(address.as_usize()) {
        return Some(hit);
    }
    let (physical, flags, size) = space.page_table().query(address).ok()?;
    tlb::fill(address.as_usize(), physical, flags, size);
    Some((physical, flags))
}
