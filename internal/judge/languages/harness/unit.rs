//! Runs tests one after the other and reports each on descriptor 4, in a line after the nonce that came on descriptor 3.
#![feature(test)]
extern crate test;

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::io::FromRawFd;
use std::panic::{catch_unwind, set_hook, AssertUnwindSafe};
use std::sync::Mutex;
use std::time::Instant;
use test::{ShouldPanic, TestDescAndFn, TestFn};

static SAID: Mutex<String> = Mutex::new(String::new());

/// What a test function returns: nothing in older compilers.
trait Outcome {
    fn failure(self) -> Option<String>;
}

impl Outcome for () {
    fn failure(self) -> Option<String> {
        None
    }
}

impl Outcome for Result<(), String> {
    fn failure(self) -> Option<String> {
        self.err()
    }
}

fn quote(s: &str) -> String {
    let mut out = String::from("\"");
    for c in s.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out + "\""
}

pub fn run(tests: &[&TestDescAndFn]) {
    let mut nonce = String::new();
    let mut out = unsafe {
        File::from_raw_fd(3).read_to_string(&mut nonce).expect("no nonce");
        File::from_raw_fd(4)
    };
    let args: Vec<String> = std::env::args().collect();
    let (file, crate_name) = (&args[1], &args[2]);
    set_hook(Box::new(|info| {
        eprintln!("{}", info);
        *SAID.lock().unwrap_or_else(|e| e.into_inner()) = info.to_string();
    }));
    let mut report = |state: &str, millis: u128, id: &str, name: &str, file: &str, text: &str| {
        let line = format!("\n{} [\"{}\", {}, {}, {}, {}, {}]\n", nonce.trim(), state, millis, quote(id), quote(name), quote(file), quote(text));
        if out.write_all(line.as_bytes()).is_err() {
            std::process::exit(1);
        }
    };
    for test in tests {
        let name = test.desc.name.to_string();
        let began = Instant::now();
        let (mut state, mut text) = ("pass", String::new());
        if test.desc.ignore {
            state = "skip";
        } else if let TestFn::StaticTestFn(f) = test.testfn {
            let ended = catch_unwind(AssertUnwindSafe(|| f().failure()));
            let said = std::mem::take(&mut *SAID.lock().unwrap_or_else(|e| e.into_inner()));
            let wanted = match test.desc.should_panic {
                ShouldPanic::No => None,
                ShouldPanic::Yes => Some(""),
                ShouldPanic::YesWithMessage(m) => Some(m),
            };
            match (ended, wanted) {
                (Ok(None), None) => (),
                (Err(_), Some(m)) if said.contains(m) => (),
                (Ok(Some(why)), _) => (state, text) = ("fail", why),
                (Ok(None), Some(_)) => (state, text) = ("fail", "The test should have panicked.".to_string()),
                (Err(_), _) => (state, text) = ("fail", said),
            }
        }
        report(state, began.elapsed().as_millis(), &format!("{}::{}", crate_name, name), &name, file, &text);
    }
    report("end", 0, "", "", "", "");
}
