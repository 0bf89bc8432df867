//! himozuke behind HTTP, as an example for whoever embeds it: one record in, one decision out. It knows requests and
//! answers; decisions are the library's.
//!
//! | request | answer |
//! |---|---|
//! | `POST /v1/decide` | 200 with the decision, in the form of `himozuke lookup` |
//! | | 400, 413, 415 where the body is no JSON, too large, or not declared as JSON; 422 where it is no record, or an attribute cannot be read |
//! | `GET /healthz` | 200 with the number of residents |
//!
//! Sentences are in Japanese where `Accept-Language` begins with `ja`, else in English. Nothing of a request is logged.

mod answer;
mod language;
mod problem;
mod query;

use std::future::Future;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use himozuke::normalize::birth_date::{DateOptions, Day};
use himozuke::{Linker, Person, Policy, PolicyError, ReadOptions, Registry};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;

use answer::Answer;
use language::Language;
use problem::Problem;
use query::Query;

/// The largest body that is read, in bytes: several times what the longest address takes.
pub const MAX_BODY: usize = 32 * 1024;

/// One linker for all threads: deciding takes `&self`.
pub type Shared = &'static Linker<'static>;

/// A linker for as long as the process runs.
///
/// It borrows its registry, and a server's handlers must own what they use or borrow it for ever: so both are leaked,
/// once. A new index is a new process, for opening takes milliseconds.
///
/// # Errors
///
/// [`PolicyError`] if the policy is not valid.
///
/// ```
/// use himozuke::{Policy, Registry};
/// let linker = himozuke_service::share(Registry::builder().build()?, Policy::guideline())?;
/// let router = himozuke_service::router(linker);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn share(registry: Registry, policy: Policy) -> Result<Shared, PolicyError> {
    let registry: &'static Registry = Box::leak(Box::new(registry));
    Ok(Box::leak(Box::new(Linker::new(registry, policy)?)))
}

/// What is answered, and by whom.
pub fn router(linker: Shared) -> Router {
    Router::new()
        .route("/v1/decide", post(decide))
        .route("/healthz", get(health))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(linker)
}

/// Serves until `stop`, then finishes what has begun; a client that stalls is left after `grace`.
pub async fn serve(listener: TcpListener, linker: Shared, stop: impl Future<Output = ()>, grace: Duration) {
    let (tell, told) = oneshot::channel::<()>();
    let server = axum::serve(listener, router(linker)).with_graceful_shutdown(async { drop(told.await) });
    let server = tokio::spawn(server.into_future());
    stop.await;
    drop(tell);
    drop(timeout(grace, server).await);
}

/// A decision takes microseconds, less than handing it to another thread: it is made where the request was read.
async fn decide(
    State(linker): State<Shared>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let language = Language::asked_for(&headers);
    if !is_json(&headers) {
        return Err(Problem::not_declared(language));
    }
    let body = body.map_err(|error| Problem::unread(&error, language))?;
    let query = Query::read(&body, language)?;
    let record = query.record();
    let person = Person::read(&record, &reading(linker.policy()))
        .map_err(|unreadable| Problem::attribute(record.id, unreadable, language))?;
    let decision = linker.decide_person(&person);
    Ok(json(StatusCode::OK, &Answer::of(record.id, &decision, linker, language)))
}

async fn health(State(linker): State<Shared>) -> Response {
    #[derive(Serialize)]
    struct Health {
        status: &'static str,
        residents: usize,
    }
    json(StatusCode::OK, &Health { status: "ok", residents: linker.registry().len() })
}

/// As [`Linker::decide`] reads records, but by today's date: a service lives longer than a day.
fn reading(policy: &Policy) -> ReadOptions {
    let dates = policy.read_options().dates;
    ReadOptions { dates: DateOptions { as_of: today(), ..dates } }
}

/// Today in Japan, which has kept one time, nine hours ahead of UTC, since 1951.
fn today() -> Option<Day> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs() + 9 * 60 * 60;
    let epoch = Day::from_ymd(1970, 1, 1)?;
    Day::from_number(epoch.number().checked_add(u32::try_from(seconds / 86_400).ok()?)?)
}

/// A page in somebody's browser can post what it likes to this machine, but not declare it as JSON unasked.
fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = declared.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    // Texts and numbers always have a form in JSON.
    let Ok(body) = serde_json::to_vec(body) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}
