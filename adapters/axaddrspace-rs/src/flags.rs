//! The crate's flags in the letters of the trace language, which stand in the order of the crate's bits.

use axaddrspace::MappingFlags;

use crate::line::Error;

const LETTERS: &[u8] = b"rwxudn";

pub const ACCESSIBLE: MappingFlags = MappingFlags::READ
    .union(MappingFlags::WRITE)
    .union(MappingFlags::EXECUTE);

pub fn parse(text: &str) -> Result<MappingFlags, Error> {
    match text {
        "-" => Ok(MappingFlags::empty()),
        _ => parse_letters(text),
    }
}

/// What an access does: r, w and x, at least one of them.
pub fn parse_access(text: &str) -> Result<MappingFlags, Error> {
    let access = parse_letters(text)?;
    match ACCESSIBLE.contains(access) {
        true => Ok(access),
        false => Err(Error::InvalidParam),
    }
}

pub fn text(flags: MappingFlags) -> String {
    if flags.is_empty() {
        return "-".to_string();
    }
    let places = (0..LETTERS.len()).filter(|place| flags.bits() & (1 << place) != 0);
    places.map(|place| LETTERS[place] as char).collect()
}

fn parse_letters(text: &str) -> Result<MappingFlags, Error> {
    let mut bits = 0;
    for letter in text.bytes() {
        let place = LETTERS.iter().position(|&known| known == letter);
        let bit = 1 << place.ok_or(Error::InvalidParam)?;
        if bit <= bits {
            return Err(Error::InvalidParam); // twice, or out of order
        }
        bits |= bit;
    }
    match bits {
        0 => Err(Error::InvalidParam),
        _ => Ok(MappingFlags::from_bits_truncate(bits)),
    }
}
