//! Connections with limits: how many, how long a head may take, how large it may be, how long a
//! reader may not read. A client that is slow or silent holds a place for seconds, not for ever.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower_service::Service;

use crate::shell::clock::pause;

/// Connections at the same time; further ones wait in the system's queue.
const CONNECTIONS_MAX: usize = 1_024;
/// Longest time for a request's head, also of the next one on the same connection.
const HEAD_MAX: Duration = Duration::from_secs(5);
/// Largest head: request line and headers.
const HEAD_BYTES_MAX: usize = 32 << 10;
/// Most headers.
const HEADERS_MAX: usize = 64;
/// Longest time that a client may not take what is written.
const WRITE_MAX: Duration = Duration::from_secs(20);

/// Who is at the other end of the connection of a request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until the task is dropped.
pub async fn serve(listener: TcpListener, router: Router) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut tasks = JoinSet::new();
    loop {
        while tasks.try_join_next().is_some() {}
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        let Ok((stream, peer)) = listener.accept().await else {
            // Out of descriptors, or a client that went away: the next try may do.
            pause(Duration::from_millis(50)).await;
            continue;
        };
        let router = router.clone();
        tasks.spawn(async move {
            converse(stream, peer, router).await;
            drop(place);
        });
    }
}

/// One connection. What goes wrong on it is the client's affair: it has been answered where that
/// was possible.
async fn converse(stream: TcpStream, peer: SocketAddr, router: Router) {
    let _ = stream.set_nodelay(true);
    let io = TokioIo::new(Patient::new(stream));
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(Peer(peer));
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(io, service);
    let _ = connection.await;
}

/// A stream whose writes end in an error when the other side takes nothing for [`WRITE_MAX`].
struct Patient {
    stream: TcpStream,
    end: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Patient {
    fn new(stream: TcpStream) -> Patient {
        Patient { stream, end: None }
    }

    fn watch<T>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.end = None;
            return poll;
        }
        let end = self.end.get_or_insert_with(|| Box::pin(pause(WRITE_MAX)));
        ready!(end.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.watch(cx, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(cx);
        self.watch(cx, poll)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
