//! Physical memory: frames, and the allocator that hands them out, counts them and can be made to fail.
//!
//! There is one memory for each thread, because the page-table crate reaches its allocator through a value
//! without state.

use std::cell::RefCell;

use ax_memory_addr::PhysAddr;

pub const FRAME_SIZE: usize = 0x1000;

/// Above every physical address that a linear mapping may have, so that no such mapping meets a frame.
const FIRST_FRAME: usize = 1 << 46;

/// Memory that is kept from one run to the next; what lies above goes back to the system.
const KEPT_FRAMES: usize = 1024;

#[derive(Clone, Copy)]
pub enum Use {
    Data,
    Table,
}

/// Aligned as a frame is: entries of page tables are read in place.
#[repr(align(4096))]
struct Bytes([u8; FRAME_SIZE]);

struct Frame {
    bytes: Box<Bytes>,
    used_for: Option<Use>,
}

struct Memory {
    frames: Vec<Frame>,
    free: Vec<usize>,
    counts: [usize; 2],
    limit: usize,
    allocations_left: Option<usize>,
    fired: usize,
}

thread_local! {
    static MEMORY: RefCell<Memory> = const { RefCell::new(Memory::new()) };
}

fn with<T>(run: impl FnOnce(&mut Memory) -> T) -> T {
    MEMORY.with(|memory| run(&mut memory.borrow_mut()))
}

/// All frames are free again, and at most `limit` can be handed out; 0 stands for no limit.
pub fn reset(limit: usize) {
    with(|memory| {
        memory.frames.truncate(KEPT_FRAMES);
        for frame in &mut memory.frames {
            frame.used_for = None;
        }
        memory.free = (0..memory.frames.len()).rev().collect();
        memory.counts = [0; 2];
        memory.limit = if limit == 0 { usize::MAX } else { limit };
    });
    inject(None);
}

/// From now on the first `count` allocations may succeed, and every later one fails.
pub fn inject(count: Option<usize>) {
    with(|memory| {
        memory.allocations_left = count;
        memory.fired = 0;
    });
}

/// How many allocations have failed since then because they were made to.
pub fn fired() -> usize {
    with(|memory| memory.fired)
}

/// How many frames are handed out for this use.
pub fn count(used_for: Use) -> usize {
    with(|memory| memory.counts[used_for as usize])
}

/// A frame of zeros, if there is one to be had.
pub fn alloc(used_for: Use) -> Option<PhysAddr> {
    with(|memory| memory.alloc(used_for))
}

/// # Panics
///
/// Panics if the frame is not handed out.
pub fn free(frame: PhysAddr) {
    with(|memory| memory.free(frame));
}

/// Where a physical address lies in this process. A frame that is free is still memory, as in a real machine.
///
/// # Panics
///
/// Panics if there is no memory at this address.
pub fn pointer(address: PhysAddr) -> *mut u8 {
    with(|memory| match memory.bytes_at(address) {
        Some(bytes) => bytes.as_mut_ptr(),
        None => panic!("no memory at {address:?}"),
    })
}

/// Reads inside one frame; zeros where there is no memory.
pub fn load(address: PhysAddr, size: usize) -> Vec<u8> {
    with(|memory| match memory.bytes_at(address) {
        Some(bytes) => bytes[..size].to_vec(),
        None => vec![0; size],
    })
}

/// Writes inside one frame; where there is no memory nothing happens.
pub fn store(address: PhysAddr, bytes: &[u8]) {
    with(|memory| {
        if let Some(there) = memory.bytes_at(address) {
            there[..bytes.len()].copy_from_slice(bytes);
        }
    });
}

/// The number of a frame and the offset in it.
fn split(address: PhysAddr) -> Option<(usize, usize)> {
    let offset = address.as_usize().checked_sub(FIRST_FRAME)?;
    Some((offset / FRAME_SIZE, offset % FRAME_SIZE))
}

impl Memory {
    const fn new() -> Self {
        Self {
            frames: Vec::new(),
            free: Vec::new(),
            counts: [0; 2],
            limit: 0,
            allocations_left: None,
            fired: 0,
        }
    }

    fn alloc(&mut self, used_for: Use) -> Option<PhysAddr> {
        if self.fails() || self.counts.iter().sum::<usize>() >= self.limit {
            return None;
        }
        let number = self.free.pop().unwrap_or_else(|| self.grow());
        let frame = &mut self.frames[number];
        frame.bytes.0.fill(0);
        frame.used_for = Some(used_for);
        self.counts[used_for as usize] += 1;
        Some(PhysAddr::from(FIRST_FRAME + number * FRAME_SIZE))
    }

    fn free(&mut self, address: PhysAddr) {
        let number = split(address).map_or(usize::MAX, |(number, _)| number);
        let frame = self.frames.get_mut(number);
        let Some(used_for) = frame.and_then(|frame| frame.used_for.take()) else {
            panic!("the frame {address:?} is given back and was not handed out");
        };
        self.counts[used_for as usize] -= 1;
        self.free.push(number);
    }

    /// The bytes of a frame from this address on.
    fn bytes_at(&mut self, address: PhysAddr) -> Option<&mut [u8]> {
        let (number, offset) = split(address)?;
        let frame = self.frames.get_mut(number)?;
        Some(&mut frame.bytes.0[offset..])
    }

    fn grow(&mut self) -> usize {
        self.frames.push(Frame {
            bytes: Box::new(Bytes([0; FRAME_SIZE])),
            used_for: None,
        });
        self.frames.len() - 1
    }

    fn fails(&mut self) -> bool {
        match &mut self.allocations_left {
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
}
