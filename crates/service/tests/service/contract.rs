//! What is answered: the form of `himozuke lookup`, and refusals that name the field and the mend but no value.

use std::sync::LazyLock;
use std::time::Duration;

use clap::Parser;
use himozuke::{Policy, Record, Registry};
use himozuke_cli::args::{Cli, Command};
use himozuke_service::{MAX_BODY, Shared, serve, share};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::talk::{Client, Response, Server, call, decide, request};

const YAMADA: Record<'_> = Record {
    id: "p1",
    kanji_name: "山田 太郎",
    kana_name: "ヤマダ タロウ",
    birth_date: "1985-01-01",
    sex: "1",
    address: "東京都千代田区霞が関二丁目１番６号",
    former_names: "",
    aliases: "",
    former_addresses: "",
    household_id: "",
    status: "",
    protected: "",
};

/// One who can be told from everybody, and two of one name and birthday.
pub fn residents() -> Registry {
    let twin = Record {
        id: "p2",
        kanji_name: "髙橋 一郎",
        kana_name: "タカハシ イチロウ",
        protected: "1",
        ..YAMADA
    };
    let namesake = Record { id: "p3", address: "北海道札幌市中央区北一条西２丁目", ..twin };
    Registry::builder().persons([YAMADA, twin, namesake]).unwrap().build().unwrap()
}

static LINKER: LazyLock<Shared> = LazyLock::new(|| share(residents(), Policy::guideline()).unwrap());

fn yamada() -> Value {
    json!({
        "id": "r1", "kanji_name": YAMADA.kanji_name, "kana_name": YAMADA.kana_name,
        "birth_date": "S60.1.1", "sex": "男", "address": "千代田区霞ヶ関2-1-6",
    })
}

fn with(field: &str, value: impl Into<Value>) -> Value {
    let mut record = yamada();
    record[field] = value.into();
    record
}

fn ask(requests: &[Vec<u8>]) -> Vec<Response> {
    let server = Server::start(*LINKER);
    call(async {
        let mut client = Client::to(server.address).await.unwrap();
        let mut answers = Vec::new();
        for request in requests {
            answers.push(client.ask(request).await.unwrap());
        }
        answers
    })
}

#[test]
fn every_answer_is_that_of_lookup() {
    let asked = [
        yamada(),
        with("birth_date", "1985-01-10"),
        with("address", ""),
        with("kana_name", "ヤマダ ジロウ"),
        json!({"id": "r2", "kanji_name": "高橋一郎", "birth_date": "S60.1.1", "sex": "1", "address": "霞が関2-1-6"}),
        json!({"id": "r3", "kanji_name": "伊能 忠敬", "birth_date": "1985-01-01"}),
        json!({}),
        with("birth_date", "平成31年5月1日"),
        with("kanji_name", "山田太郎、山田花子"),
        with("former_names", "佐藤|山本 太郎"),
    ];
    let directory = tempfile::tempdir().unwrap();
    let index = directory.path().join("residents.hmz");
    residents().save(&index).unwrap();
    let input: String = asked.iter().map(|record| format!("{record}\n")).collect();
    for language in ["en", "ja"] {
        let line = ["himozuke", "lookup", "--lang", language, "--registry", index.to_str().unwrap()];
        let Command::Lookup(arguments) = Cli::parse_from(line).command else { panic!("a look-up") };
        let mut told = Vec::new();
        himozuke_cli::lookup::lookup(&arguments, input.as_bytes(), &mut told).unwrap();
        let accept = format!("accept-language: {language}");
        let headers = ["content-type: application/json; charset=utf-8", &accept];
        let requests = asked.each_ref().map(|record| request(&headers, record.to_string().as_bytes()));
        let answers = ask(&requests);
        let mut kinds = std::collections::BTreeSet::new();
        for (line, answer) in told.split(|byte| *byte == b'\n').zip(&answers) {
            let line: Value = serde_json::from_slice(line).unwrap();
            let answered: Value = serde_json::from_slice(&answer.body).unwrap();
            let kind = line["decision"].as_str().unwrap();
            assert_eq!(answered, line);
            assert_eq!(answer.status, if kind == "rejected" { 422 } else { 200 });
            let compared = ["link", "review"].contains(&kind);
            assert_eq!(answered["confidence_millibits"].is_i64(), compared, "{answered}");
            kinds.insert(kind.to_owned());
        }
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["link", "no_match", "rejected", "review"]);
    }
}

#[test]
fn what_is_no_record_is_told_where_and_how_to_mend_it() {
    // Nothing that is sent may come back: a value may stand anywhere, the name of a field included.
    const CANARY: &str = "カナリア三世";
    let deep = "[".repeat(2_000);
    let long = format!("{{\"address\": \"{}\"}}", "9".repeat(MAX_BODY));
    let cases: [(&str, u16, &str, &str); 14] = [
        ("", 400, "not_json", ""),
        (CANARY, 400, "not_json", ""),
        (r#"{"kanji_name": "カナリア三世"#, 400, "not_json", ""),
        (r#"{"kanji_name": "カナリア三世"} {}"#, 400, "not_json", ""),
        ("{\"kanji_name\": \"カナリア三世\\x\"}", 400, "not_json", ""),
        (&deep, 400, "not_json", ""),
        (r#"["カナリア三世"]"#, 422, "not_an_object", ""),
        (r#""カナリア三世""#, 422, "not_an_object", ""),
        (r#"{"kanji_name": ["カナリア三世"]}"#, 422, "not_a_text", "kanji_name"),
        (r#"{"id": "カナリア三世", "birth_date": 19850101}"#, 422, "not_a_text", "birth_date"),
        (r#"{"sex": null, "address": "カナリア三世"}"#, 422, "not_a_text", "sex"),
        (r#"{"sex": "1", "sex": "カナリア三世"}"#, 422, "field_twice", ""),
        (r#"{"カナリア三世": "1"}"#, 422, "unknown_field", ""),
        (&long, 413, "body_too_large", ""),
    ];
    for (body, status, problem, column) in cases {
        for language in ["en", "ja"] {
            let headers = ["content-type: application/json", &format!("accept-language: {language}")];
            let answer = ask(&[request(&headers, body.as_bytes())]).remove(0);
            let told = String::from_utf8(answer.body).unwrap();
            assert!(!told.contains(CANARY) && !told.contains("1985") && !told.contains("999"), "{told}");
            let told: Value = serde_json::from_str(&told).unwrap();
            let got = (answer.status, told["problem"].as_str(), told["column"].as_str());
            assert_eq!(got, (status, Some(problem), Some(column)), "{told}");
            assert_eq!(told["decision"], "rejected");
            let sentence = told["sentence"].as_str().unwrap();
            assert_eq!(sentence.chars().any(|c| c > '\u{3000}'), language == "ja", "{sentence}");
        }
    }
}

#[test]
fn an_unreadable_attribute_is_named_and_not_shown() {
    let record = with("birth_date", "平成31年5月1日");
    let answer = ask(&[decide(record.to_string().as_bytes())]).remove(0);
    let told: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(
        (answer.status, &told["column"], &told["record_id"]),
        (422, &"birth_date".into(), &"r1".into())
    );
    assert!(!told["sentence"].as_str().unwrap().contains("31"), "{told}");
}

#[test]
fn a_body_must_be_declared_as_json() {
    let record = yamada().to_string();
    for headers in [&[][..], &["content-type: text/plain"], &["content-type: application/jsonp"]] {
        let answer = ask(&[request(headers, record.as_bytes())]).remove(0);
        assert_eq!(answer.status, 415, "{headers:?}");
    }
}

#[test]
fn an_answer_holds_no_value_of_an_attribute() {
    let asked =
        [yamada(), json!({"id": "r2", "kanji_name": "高橋一郎", "birth_date": "S60.1.1", "sex": "1"})];
    for (record, answer) in asked.iter().zip(ask(&asked.each_ref().map(|r| decide(r.to_string().as_bytes()))))
    {
        let told = String::from_utf8(answer.body).unwrap();
        let sent = record.as_object().unwrap().iter().filter(|(field, _)| *field != "id" && *field != "sex");
        for value in sent.map(|(_, value)| value.as_str().unwrap()) {
            assert!(!told.contains(value), "{told}");
        }
        for part in ["山田", "太郎", "高橋", "髙橋", "ヤマダ", "タカハシ", "1985", "霞", "札幌"]
        {
            assert!(!told.contains(part), "{part}: {told}");
        }
    }
}

#[test]
fn it_says_that_it_is_well_and_nothing_else_is_there() {
    let get = |path| format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes();
    let [health, missing, wrong] =
        ask(&[get("/healthz"), get("/"), get("/v1/decide")]).try_into().expect("three answers");
    assert_eq!((health.status, &*health.body), (200, &br#"{"status":"ok","residents":3}"#[..]));
    assert_eq!((missing.status, wrong.status), (404, 405));
}

#[test]
fn a_client_that_stalls_is_left_when_the_service_stops() {
    call(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async { drop(stopped.await) };
        let server = tokio::spawn(serve(listener, *LINKER, stopped, Duration::from_millis(20)));
        let mut stalled = Client::to(address).await.unwrap();
        stalled.begin(b"{}").await.unwrap();
        drop(stop);
        timeout(Duration::from_secs(60), server).await.expect("it waits for nobody").unwrap();
    });
}
