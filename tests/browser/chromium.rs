//! Chromium without a window, spoken to over two pipes: no port, no WebSocket, no driver.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser;

/// How long something in a page may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser with one page; it ends when it is dropped.
pub(crate) struct Chromium {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: Option<String>,
    asked: u64,
    /// What pages complained of: errors, warnings, exceptions, whatever was written to the console.
    pub(crate) complaints: Vec<Value>,
    loaded: bool,
    _profile: TempDir,
}

impl Chromium {
    /// Starts it.
    pub(crate) fn start() -> Chromium {
        Chromium::start_with(&[])
    }

    /// Starts it with more arguments.
    pub(crate) fn start_with(args: &[&str]) -> Chromium {
        let name = browser::found().unwrap();
        let profile = tempfile::tempdir().unwrap();
        // It reads from the descriptor 3 and writes to 4.
        let mut child = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>&1"#, name])
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--disable-extensions", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(args)
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut browser = Chromium {
            child,
            to,
            from: BufReader::new(from),
            session: None,
            asked: 0,
            complaints: Vec::new(),
            loaded: false,
            _profile: profile,
        };
        let page = browser.ask("Target.createTarget", json!({"url": "about:blank"}));
        let to_page = json!({"targetId": page["targetId"], "flatten": true});
        let session = browser.ask("Target.attachToTarget", to_page);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Sends a command and returns its result, which is no error.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.answer(method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Sends a command and returns its result, or its error.
    fn answer(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.asked += 1;
        let mut command = json!({"id": self.asked, "method": method, "params": params});
        if let Some(session) = &self.session {
            command["sessionId"] = session.as_str().into();
        }
        self.to.write_all(format!("{command}\0").as_bytes()).unwrap();
        loop {
            let mut message = self.hear();
            if message["id"] == self.asked {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].take()),
                };
            }
        }
    }

    /// The next message.
    fn hear(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).unwrap();
        assert_eq!(bytes.pop(), Some(0), "the browser ended");
        let message: Value = serde_json::from_slice(&bytes).unwrap();
        match message["method"].as_str() {
            Some("Runtime.consoleAPICalled" | "Runtime.exceptionThrown" | "Log.entryAdded") => {
                self.complaints.push(message["params"].clone());
            }
            Some("Page.loadEventFired") => self.loaded = true,
            _ => {}
        }
        message
    }

    /// Lays the page out for a screen, in CSS pixels.
    pub(crate) fn screen(&mut self, width: u32, height: u32) {
        let is_phone = width < 600;
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone}),
        );
    }

    /// Opens a file and waits until it is loaded.
    pub(crate) fn open(&mut self, file: &Path) {
        self.visit(&format!("file://{}", file.display()));
    }

    /// Goes where a URL leads and waits until that is loaded.
    pub(crate) fn visit(&mut self, url: &str) {
        self.loaded = false;
        self.ask("Page.navigate", json!({"url": url}));
        while !self.loaded {
            self.hear();
        }
    }

    /// What an expression of JavaScript comes to.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let mut found = self.ask("Runtime.evaluate", asked);
        assert!(found.get("exceptionDetails").is_none(), "{expression}: {found}");
        found["result"]["value"].take()
    }

    /// Returns what an expression of JavaScript comes to, once it is neither false, zero, empty nor
    /// nothing; an element comes to true. One that throws is asked again: it looks into what is not
    /// there yet, or the page is just being left.
    pub(crate) fn eventually(&mut self, expression: &str) -> Value {
        let asked = format!(
            "(() => {{ try {{ const it = {expression}; return it instanceof Node || it || null }} \
             catch {{ return null }} }})()"
        );
        let asked = json!({"expression": asked, "returnByValue": true});
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let mut found = self.answer("Runtime.evaluate", asked.clone()).unwrap_or_default();
            match found["result"]["value"].take() {
                Value::Null => sleep(Duration::from_millis(20)),
                value => return value,
            }
        }
        let page = self.value("document.body.innerText");
        panic!("never: {expression}; {:#?}; {page}", self.complaints);
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
