//! The program: it listens on this machine alone, keeps what it is asked to itself, and finishes what has begun.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use crate::contract::residents;
use crate::talk::{Client, call, decide};

const RECORD: &str = r#"{"id": "r1", "kanji_name": "山田太郎", "birth_date": "S60.1.1", "sex": "1", "address": "千代田区霞ヶ関2-1-6"}"#;

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already unless the test fails.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn program(arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_himozuke-service"));
    program.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    program
}

#[test]
fn told_to_stop_it_finishes_what_has_begun() {
    let directory = tempfile::tempdir().unwrap();
    let index = directory.path().join("residents.hmz");
    residents().save(&index).unwrap();
    let started = program(&[index.to_str().unwrap(), "--listen", "127.0.0.1:0"]).spawn().unwrap();
    let mut service = Running(started);
    let mut told = BufReader::new(service.0.stderr.take().unwrap());
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    let address = line.strip_prefix("listening on http://").unwrap().strip_suffix(", 3 residents\n").unwrap();
    call(async {
        let address = address.parse().unwrap();
        let mut idle = Client::to(address).await.unwrap();
        assert_eq!(idle.ask(&decide(RECORD.as_bytes())).await.unwrap().status, 200);
        assert_eq!(idle.ask(&decide(b"{}")).await.unwrap().status, 200);
        assert_eq!(idle.ask(&decide("山田".as_bytes())).await.unwrap().status, 400);

        let mut begun = Client::to(address).await.unwrap();
        begun.begin(RECORD.as_bytes()).await.unwrap();
        terminate(&service.0);
        assert!(idle.is_closed().await, "a connection that waits for nothing is closed");
        let mut tries = 0..1_000;
        while Client::to(address).await.is_ok() {
            assert!(tries.next().is_some(), "nobody new is let in");
            sleep(Duration::from_millis(10)).await;
        }
        let answer = begun.ask(RECORD.as_bytes()).await.unwrap();
        let answered: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((answer.status, &answered["decision"]), (200, &"link".into()));
    });
    assert!(service.0.wait().unwrap().success());
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    service.0.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "stopped\n", "nothing of a request is logged");
}

fn terminate(service: &Child) {
    let sent = Command::new("kill").args(["-TERM", &service.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn what_cannot_be_served_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let foreign = directory.path().join("residents.csv");
    std::fs::write(&foreign, "id,kanji_name\np1,山田 太郎\n").unwrap();
    let (foreign, missing) = (foreign.to_str().unwrap(), directory.path().join("none.hmz"));
    let cases: [(&[&str], &str); 5] = [
        (&[], "usage"),
        (&["--listen", "127.0.0.1:0"], "usage"),
        (&[foreign, "--listen", "localhost"], "usage"),
        (&[foreign], "himozuke index"),
        (&[missing.to_str().unwrap()], "cannot read"),
    ];
    for (arguments, said) in cases {
        let output = program(arguments).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.starts_with("error: ") && told.contains(said), "{told}");
        assert!(!told.contains("山田"), "{told}");
    }
}
