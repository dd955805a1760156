//! The published crate `memory_set` behind mapcheck's trace language.

mod flags;
mod instance;
mod line;
mod mock;
mod panic_text;

use std::io::{self, BufRead, BufReader, BufWriter, Write};

use instance::Instance;
use line::{Answer, Error, Words};

const HELLO: &str = "mapcheck 1 name=memory_set-0.4.1 surface=memory-set \
    commands=map,replace,unmap,protect,clear \
    queries=areas,pages,find,overlaps,find-free,injected \
    backends=mock flags=rwxudn page-flags=rwxudn failure=consistent inject=backend addr-bits=64";

fn main() -> io::Result<()> {
    panic_text::install();
    let mut input = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut instance = None;
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let request = line.trim_end_matches('\n').trim_end_matches('\r');
        if request.trim_matches(' ') == "quit" {
            break;
        }
        if let Some(answer) = answer(request, &mut instance) {
            writeln!(output, "{answer}")?;
        }
        // Who has sent all that it has to say may be waiting for the answer.
        if input.buffer().is_empty() {
            output.flush()?;
        }
        line.clear();
    }
    output.flush()
}

/// The answer to a line, if it is a request at all.
fn answer(line: &str, instance: &mut Option<Instance>) -> Option<String> {
    let mut words = Words::new(line);
    let verb = words.next()?;
    if verb.starts_with('#') {
        return None;
    }
    let result = panic_text::catch(|| dispatch(verb, &mut words, instance));
    Some(match result {
        Ok(Ok(value)) if value.is_empty() => "ok".to_string(),
        Ok(Ok(value)) => format!("ok {value}"),
        Ok(Err(error)) => format!("err {error:?}"),
        Err(text) => {
            *instance = None; // nothing is known about what a panic has left behind
            format!("panic {text}")
        }
    })
}

fn dispatch(verb: &str, words: &mut Words, instance: &mut Option<Instance>) -> Answer {
    match verb {
        "hello" => hello(words),
        "reset" => {
            *instance = Some(Instance::new(page_size(words)?));
            Ok(String::new())
        }
        "sync" => Ok(String::new()),
        _ => instance
            .as_mut()
            .ok_or(Error::BadState)?
            .answer(verb, words),
    }
}

fn hello(words: &mut Words) -> Answer {
    match words.next() {
        Some("1") => Ok(HELLO.to_string()),
        _ => Err(Error::Unsupported),
    }
}

/// The mock has no bounds and takes no frames: of the four keys only the page matters.
fn page_size(words: &mut Words) -> Result<usize, Error> {
    let page = words.number_of("page")?;
    match page.is_power_of_two() {
        true => Ok(page),
        false => Err(Error::InvalidParam),
    }
}
