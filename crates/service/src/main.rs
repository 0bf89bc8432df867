//! Serves decisions over an index file until it is told to stop.
//!
//!     himozuke-service residents.hmz [--listen 127.0.0.1:8080]
//!
//! Exit status: 0 told to stop, 1 failed, 2 bad arguments or a file that cannot be used.
#![expect(clippy::print_stderr, reason = "the one place that says where it listens and why it ended")]

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use himozuke::{Policy, Registry};
use himozuke_service::{Shared, serve, share};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const USAGE: &str = "himozuke-service INDEX [--listen ADDRESS:PORT]; `himozuke index` makes an index";
/// How long requests that have begun may take when it is told to stop.
const GRACE: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let Some((index, address)) = arguments(std::env::args().skip(1)) else {
        eprintln!("error: usage: {USAGE}");
        return ExitCode::from(2);
    };
    let linker = match Registry::open(&index).map(|registry| share(registry, Policy::guideline())) {
        Ok(Ok(linker)) => linker,
        Ok(Err(error)) => return failed(2, &error),
        Err(error) => return failed(2, &error),
    };
    match Runtime::new().and_then(|runtime| runtime.block_on(run(linker, address))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(1, &error),
    }
}

fn arguments(mut given: impl Iterator<Item = String>) -> Option<(PathBuf, SocketAddr)> {
    let index = given.next().filter(|index| !index.starts_with('-'))?;
    let address = match (given.next().as_deref(), given.next(), given.next()) {
        (None, None, None) => SocketAddr::from(([127, 0, 0, 1], 8080)),
        (Some("--listen"), Some(address), None) => address.parse().ok()?,
        _ => return None,
    };
    Some((index.into(), address))
}

async fn run(linker: Shared, address: SocketAddr) -> io::Result<()> {
    let stop = signals()?;
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    eprintln!("listening on http://{address}, {} residents", linker.registry().len());
    if !address.ip().is_loopback() {
        eprintln!("warning: other machines can ask; put a gateway with TLS and authentication before it");
    }
    serve(listener, linker, stop, GRACE).await;
    eprintln!("stopped");
    Ok(())
}

/// Waits for SIGTERM or Ctrl-C. They are caught from now on, waited for or not.
#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
fn signals() -> io::Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}

fn failed(status: u8, error: &dyn std::error::Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(status)
}
