//! A TLB: what the processor remembers of the page table until it is told to forget it.
//!
//! The page-table crate flushes through a function without state, so there is one TLB for each thread.

use std::cell::RefCell;
use std::collections::HashMap;

use ax_memory_addr::PhysAddr;
use axaddrspace::{MappingFlags, PageSize};

const SIZES: [usize; 3] = [
    PageSize::Size4K as usize,
    PageSize::Size2M as usize,
    PageSize::Size1G as usize,
];

#[derive(Clone, Copy)]
struct Translation {
    page: PhysAddr,
    flags: MappingFlags,
}

thread_local! {
    /// By the start and the size of the page.
    static TLB: RefCell<HashMap<(usize, usize), Translation>> = RefCell::new(HashMap::new());
}

fn keys(address: usize) -> impl Iterator<Item = (usize, usize)> {
    SIZES
        .into_iter()
        .map(move |size| (address & !(size - 1), size))
}

pub fn lookup(address: usize) -> Option<(PhysAddr, MappingFlags)> {
    TLB.with_borrow(|tlb| {
        let found = keys(address).find_map(|key| Some((key, tlb.get(&key)?)));
        found.map(|((start, _), hit)| (hit.page + (address - start), hit.flags))
    })
}

/// Remembers what a walk for `address` has found.
pub fn fill(address: usize, physical: PhysAddr, flags: MappingFlags, size: PageSize) {
    let size = size as usize;
    let start = address & !(size - 1);
    let page = PhysAddr::from(physical.as_usize() & !(size - 1));
    TLB.with_borrow_mut(|tlb| tlb.insert((start, size), Translation { page, flags }));
}

/// Forgets the translation of one address, with the whole page that holds it, or everything.
pub fn flush(address: Option<usize>) {
    TLB.with_borrow_mut(|tlb| match address {
        Some(address) => keys(address).for_each(|key| {
            tlb.remove(&key);
        }),
        None => tlb.clear(),
    });
}
