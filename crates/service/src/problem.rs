//! Why a request is not decided, and its mend, in the form in which `himozuke lookup` tells of a rejected record. Names
//! fields and places, never a value.

use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use himozuke::Unreadable;
use serde::Serialize;

use crate::language::Language;
use crate::query::FIELDS;
use crate::{MAX_BODY, json};

/// The body of an answer that is no decision.
#[derive(Serialize)]
pub(crate) struct Problem {
    #[serde(skip)]
    status: StatusCode,
    /// Empty where the request was not read so far.
    record_id: String,
    decision: &'static str,
    /// Empty where no one field is at fault.
    column: &'static str,
    problem: &'static str,
    sentence: String,
}

impl Problem {
    pub(crate) fn attribute(record_id: &str, unreadable: Unreadable, language: Language) -> Self {
        let sentence = match language {
            Language::En => unreadable.to_string(),
            Language::Ja => unreadable.ja(),
        };
        let of_request = Self::request(StatusCode::UNPROCESSABLE_ENTITY, unreadable.code(), sentence);
        Self { record_id: record_id.to_owned(), column: unreadable.column(), ..of_request }
    }

    const fn request(status: StatusCode, problem: &'static str, sentence: String) -> Self {
        Self { status, record_id: String::new(), decision: "rejected", column: "", problem, sentence }
    }

    pub(crate) fn not_declared(language: Language) -> Self {
        let en = "declare the body as JSON: content-type: application/json";
        let ja = "本文をJSONと宣言してください（content-type: application/json）";
        Self::request(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_declared_json", language.pick(en, ja).into())
    }

    pub(crate) fn unread(error: &BytesRejection, language: Language) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let sentence = match language {
                Language::En => {
                    format!("the body is larger than {MAX_BODY} bytes; send one record at a time")
                }
                Language::Ja => {
                    format!("本文が{MAX_BODY}バイトを超えています。1件ずつ送ってください")
                }
            };
            return Self::request(error.status(), "body_too_large", sentence);
        }
        let en = "the body ended before its time; send it again";
        let ja = "本文が途中で切れました。もう一度送ってください";
        Self::request(StatusCode::BAD_REQUEST, "body_cut_short", language.pick(en, ja).into())
    }

    pub(crate) fn not_json(error: &serde_json::Error, language: Language) -> Self {
        let (line, column) = (error.line(), error.column());
        let sentence = match language {
            Language::En => {
                format!("the body is not JSON from line {line}, column {column} on; send one object of texts")
            }
            Language::Ja => {
                format!(
                    "本文は{line}行{column}列からJSONではありません。文字列の項目を持つオブジェクトを送ってください"
                )
            }
        };
        Self::request(StatusCode::BAD_REQUEST, "not_json", sentence)
    }

    pub(crate) fn not_an_object(language: Language) -> Self {
        let en = "a record is one object of texts, in braces; send one record at a time";
        let ja = "記録は文字列の項目を持つ一つのオブジェクトです。1件ずつ送ってください";
        Self::request(StatusCode::UNPROCESSABLE_ENTITY, "not_an_object", language.pick(en, ja).into())
    }

    pub(crate) fn not_a_text(column: &'static str, language: Language) -> Self {
        let en = "the field must be a text in quotes; leave it out where it is missing";
        let ja = "この項目は引用符で囲んだ文字列にしてください。値がなければ項目を省いてください";
        let told = language.pick(en, ja).into();
        Self { column, ..Self::request(StatusCode::UNPROCESSABLE_ENTITY, "not_a_text", told) }
    }

    pub(crate) fn field_twice(language: Language) -> Self {
        let en = "a field is given twice; give each field once, and lists within a text, separated by |";
        let ja =
            "同じ項目が二度あります。項目は一度だけとし、複数の値は一つの文字列の中で | で区切ってください";
        Self::request(StatusCode::UNPROCESSABLE_ENTITY, "field_twice", language.pick(en, ja).into())
    }

    /// What the caller called the field may be a value itself: the known ones are named instead.
    pub(crate) fn unknown_field(language: Language) -> Self {
        let fields = FIELDS.join(", ");
        let sentence = match language {
            Language::En => format!("a field is none of {fields}; leave it out or correct its name"),
            Language::Ja => format!("知らない項目があります。使える項目は {fields} です"),
        };
        Self::request(StatusCode::UNPROCESSABLE_ENTITY, "unknown_field", sentence)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        json(self.status, &self)
    }
}
