//! The words of one request of the trace language.

/// Why a request can't be carried out: the name that follows `err`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    InvalidParam,
    AlreadyExists,
    BadState,
    NoMemory,
    NotMapped,
    Unsupported,
}

/// What follows `ok`; empty where nothing does.
pub type Answer = Result<String, Error>;

/// What is left of a line, of which the words are taken from the front one by one.
#[derive(Clone, Copy)]
pub struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    pub fn new(line: &'a str) -> Self {
        Self(line)
    }

    pub fn next(&mut self) -> Option<&'a str> {
        let line = self.0.trim_start_matches(' ');
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        self.0 = rest;
        (!word.is_empty()).then_some(word)
    }

    pub fn word(&mut self) -> Result<&'a str, Error> {
        self.next().ok_or(Error::InvalidParam)
    }

    pub fn number(&mut self) -> Result<usize, Error> {
        parse_number(self.word()?)
    }

    /// Two hexadecimal digits for each byte.
    pub fn bytes(&mut self) -> Result<Vec<u8>, Error> {
        let digits = self.word()?.as_bytes();
        if digits.len() % 2 != 0 {
            return Err(Error::InvalidParam);
        }
        digits
            .chunks(2)
            .map(|pair| Ok(16 * digit(pair[0])? + digit(pair[1])?))
            .collect()
    }

    /// The number after `<key>=`, wherever it stands.
    pub fn number_of(mut self, key: &str) -> Result<usize, Error> {
        while let Some(word) = self.next() {
            match word.split_once('=') {
                Some((found, value)) if found == key => return parse_number(value),
                _ => continue,
            }
        }
        Err(Error::InvalidParam)
    }

    /// The last word of a command may be `!frame=<count>`.
    pub fn injection(&mut self) -> Result<Option<usize>, Error> {
        let Some(word) = self.next() else {
            return Ok(None);
        };
        let count = word.strip_prefix("!frame=").ok_or(Error::InvalidParam)?;
        let count = parse_number(count)?;
        self.end()?;
        Ok(Some(count))
    }

    pub fn end(&mut self) -> Result<(), Error> {
        match self.next() {
            None => Ok(()),
            Some(_) => Err(Error::InvalidParam),
        }
    }
}

pub fn parse_number(text: &str) -> Result<usize, Error> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    if !digits.starts_with(|first: char| first.is_ascii_hexdigit()) {
        return Err(Error::InvalidParam); // from_str_radix would take a sign
    }
    usize::from_str_radix(digits, radix).map_err(|_| Error::InvalidParam)
}

fn digit(letter: u8) -> Result<u8, Error> {
    let value = (letter as char).to_digit(16).ok_or(Error::InvalidParam)?;
    Ok(value as u8)
}
