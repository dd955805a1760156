//! A set of flags, one bit for each letter of the trace language.

use std::fmt;

use crate::line::Error;

const LETTERS: &[u8] = b"rwxudn";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// The bits that `protect` changes: r, w and x.
    const CHANGEABLE: u8 = 0b111;

    pub fn parse(text: &str) -> Result<Self, Error> {
        if text == "-" {
            return Ok(Self(0));
        }
        let mut bits = 0;
        for letter in text.bytes() {
            let place = LETTERS.iter().position(|&known| known == letter);
            let bit = 1 << place.ok_or(Error::InvalidParam)?;
            if bit <= bits {
                return Err(Error::InvalidParam); // twice, or out of order
            }
            bits |= bit;
        }
        if bits == 0 {
            return Err(Error::InvalidParam);
        }
        Ok(Self(bits))
    }

    /// These flags with r, w and x taken from `new`; `None` if they have them already.
    pub fn protected(self, new: Self) -> Option<Self> {
        let bits = (self.0 & !Self::CHANGEABLE) | (new.0 & Self::CHANGEABLE);
        (bits != self.0).then_some(Self(bits))
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        if self.0 == 0 {
            return out.write_str("-");
        }
        for (place, &letter) in LETTERS.iter().enumerate() {
            if self.0 & (1 << place) != 0 {
                write!(out, "{}", letter as char)?;
            }
        }
        Ok(())
    }
}
