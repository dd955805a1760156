//! The published crate `axaddrspace` behind mapcheck's trace language.

mod areas;
mod cpu;
mod entry;
mod flags;
mod frames;
mod instance;
mod line;
mod nested_page_table;
mod panic_text;
mod tlb;

use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::mem;

use instance::{frames_text, Instance};
use line::{Answer, Error, Words};

const HELLO: &str = "mapcheck 1 name=axaddrspace-0.6.0 surface=address-space \
    commands=map,unmap,clear,fault,access,load,store,write,drop \
    queries=areas,pages,translate,read,frames,injected \
    backends=linear,alloc:eager,alloc:lazy flags=rwxudn page-flags=rwxudn \
    failure=consistent inject=frame addr-bits=48";

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
    mem::forget(instance); // who wants to see it dropped says so with `drop`
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
            // Nothing is known about what a panic has left behind, so not even its destructor is run.
            mem::forget(instance.take());
            format!("panic {text}")
        }
    })
}

fn dispatch(verb: &str, words: &mut Words, instance: &mut Option<Instance>) -> Answer {
    match verb {
        "hello" => hello(words),
        "reset" => reset(words, instance),
        "drop" => {
            drop(instance.take());
            Ok(String::new())
        }
        "frames" => frames_text(words),
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

fn reset(words: &Words, instance: &mut Option<Instance>) -> Answer {
    let (base, size) = (words.number_of("base")?, words.number_of("size")?);
    let limit = words.number_of("frames")?;
    if words.number_of("page")? != frames::FRAME_SIZE {
        return Err(Error::Unsupported);
    }
    drop(instance.take());
    *instance = Some(Instance::new(base, size, limit)?);
    Ok(String::new())
}
