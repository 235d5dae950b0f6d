//! Disks that are full, and those that can only be read. They are made by mounting a small one, which
//! takes the rights to; without them the tests say nothing.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::raw::{Answer, Raw};
use crate::served::{command, etalon, etalon_reading};

/// A file system of its own, gone when it is dropped.
struct Disk(TempDir);

impl Disk {
    fn mount(size: &str) -> Option<Disk> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", size, "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        let mounted = mounted.is_ok_and(|status| status.success());
        if !mounted {
            crate::untested("nobody here may mount a file system");
        }
        mounted.then_some(Disk(folder))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Takes all the room that there is, but for so many KiB.
    fn fill(&self, but: usize) {
        let mut file = File::create(self.path("fill")).unwrap();
        while file.write_all(&[1; 1024]).is_ok() {}
        let length = file.metadata().unwrap().len() / 1024 * 1024;
        file.set_len(length.saturating_sub(but as u64 * 1024)).unwrap();
    }

    fn make_read_only(&self) {
        let made = Command::new("mount").args(["-o", "remount,ro"]).arg(self.0.path()).status();
        assert!(made.unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// A server whose log goes to a file.
struct Logged {
    child: Child,
    address: String,
}

impl Logged {
    fn start(store: &Path, log: &Path) -> Logged {
        let mut child = command(&["serve", "--listen", "127.0.0.1:0", "--db"])
            .arg(store)
            .stdout(Stdio::piped())
            .stderr(File::create(log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Logged { child, address }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let mut client = Raw::connect(self.address.parse().unwrap()).unwrap();
        let length = body.len();
        client
            .send(format!(
                "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\n\r\n{body}"
            ))
            .unwrap();
        client.answer().unwrap()
    }

    fn create(&self) -> (u16, String) {
        let body = r#"{"firstName":"A","lastName":"B","organizationName":"C"}"#;
        let answer = self.ask("PUT", "/api/v01/customers", body);
        (answer.status, String::from_utf8(answer.body).unwrap())
    }
}

impl Drop for Logged {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn load(store: &Path) -> (i32, String) {
    let store = store.to_str().unwrap();
    let done = etalon_reading(&["load", "--db", store, "-"], &etalon::data::fixtures());
    (done.status.code().unwrap(), String::from_utf8(done.stderr).unwrap())
}

/// A log of sixty lines said that commits failed, and none said why.
#[test]
fn a_full_disk_is_named_in_the_log_once_and_in_each_answer() {
    let Some(disk) = Disk::mount("size=6m") else { return };
    let (store, scratch) = (disk.path("store"), tempfile::tempdir().unwrap());
    let log = scratch.path().join("log");
    assert_eq!(load(&store).0, 0);
    let server = Logged::start(&store, &log);
    disk.fill(0);
    let answers: Vec<_> = (0..60).map(|_| server.create()).collect();
    let created = answers.iter().filter(|(status, _)| *status == 200).count();
    let refused = &answers[created..];
    assert!(refused.len() > 1, "{answers:?}");
    for (status, body) in refused {
        assert!(*status >= 500 && body.contains("disk is full"), "{status} {body}");
    }
    let health = server.ask("GET", "/etalon/health", "");
    assert_eq!(health.status, 503);
    assert!(String::from_utf8(health.body).unwrap().contains("the disk is full"));
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.contains("The disk is full: ") && log.lines().count() == 1, "{log}");
    drop(server);
    // With room again, everything that was acknowledged is there.
    fs::remove_file(disk.path("fill")).unwrap();
    let dump = etalon(&["dump", "--db", store.to_str().unwrap()]);
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let customers = String::from_utf8(dump.stdout).unwrap();
    assert!(customers.matches(r#""organizationName":"C""#).count() >= created);
}

/// The next load took what the failed one had left for a store.
#[test]
fn a_load_to_a_full_disk_leaves_nothing_behind() {
    for but in [0, 64, 256] {
        let Some(disk) = Disk::mount("size=3m") else { return };
        disk.fill(but);
        let (code, said) = load(&disk.path("store"));
        assert!(code != 0 && said.to_lowercase().contains("the disk is full"), "{but}: {said}");
        assert!(!said.contains("panicked"), "{said}");
        let left: Vec<_> =
            fs::read_dir(disk.0.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["fill"], "{but}");
    }
    // Nor does a load that is refused.
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let refused = etalon_reading(&["load", "--db", store.to_str().unwrap(), "-"], b"{}\n");
    assert_eq!(refused.status.code(), Some(1));
    assert!(!store.exists());
}

/// A backup on a disc that can only be read could not be looked into.
#[test]
fn a_store_that_can_only_be_read_is_read_and_refuses_writes_in_a_sentence() {
    let Some(disk) = Disk::mount("size=16m") else { return };
    let (store, scratch) = (disk.path("store"), tempfile::tempdir().unwrap());
    assert_eq!(load(&store).0, 0);
    let dump = || etalon(&["dump", "--db", store.to_str().unwrap()]);
    let before = dump().stdout;
    disk.make_read_only();
    let after = dump();
    assert!(after.status.success(), "{}", String::from_utf8_lossy(&after.stderr));
    assert!(!before.is_empty() && after.stdout == before);
    let log = scratch.path().join("log");
    let server = Logged::start(&store, &log);
    assert_eq!(server.ask("GET", "/api/v01/customers?lastName=A", "").status, 200);
    let (status, body) = server.create();
    assert!(status == 503 && body.contains("can only be read"), "{status} {body}");
    let health = server.ask("GET", "/etalon/health", "");
    assert!(health.status == 200 && health.body.starts_with(br#"{"status":"read-only""#));
    assert!(fs::read_to_string(&log).unwrap().contains("can only be read"));
    let (code, said) = load(&store);
    assert!(code == 1 && said.contains("can only be read"), "{said}");
    assert_ne!(load(&disk.path("new")).0, 0);
}
