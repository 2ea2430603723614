//! Over HTTP: `POST /v1/sync`, whose body and answer are the session's frames one behind the other.
//!
//! A session takes several requests. The first answer names it in a header, which the further requests repeat. A folder
//! holds one session at a time: others are told to come again. Encryption in transit is that of a proxy in front (TLS),
//! as is the login: who the peer is decides what it is given ([`Plan::give`](medlot_sdk::sync::Plan)).

use super::{cut, outgoing};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderValue, RETRY_AFTER};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use medlot_sdk::error::{Error, Result};
use medlot_sdk::folder::{hex, random};
use medlot_sdk::sync::{Exchange, Report};
use std::cell::RefCell;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Names the session of a request.
pub const SESSION_HEADER: &str = "medlot-session";
/// Where sessions are.
const PATH: &str = "/v1/sync";
/// Bytes of a request at most: what a side sends until it waits.
const MAX_BODY: usize = 16 << 20;
/// A session that was silent for so long may be ended for another.
const IDLE: Duration = Duration::from_secs(30);
/// Requests of one session at most: each moves about a megabyte.
const MAX_REQUESTS: u32 = 10_000;

/// What a server did with a session.
pub type Served = Result<Report>;

struct Active {
    id: String,
    exchange: Exchange,
    last: Instant,
}

/// Answers sessions over one folder.
pub struct Server {
    open: Box<dyn Fn() -> Result<Exchange>>,
    served: Box<dyn Fn(Served)>,
    /// The page that may call it from elsewhere.
    origin: Option<HeaderValue>,
    active: RefCell<Option<Active>>,
}

impl Server {
    /// `open` begins a session; `served` is told what came of each. `origin`: a page served from elsewhere that may call.
    ///
    /// # Errors
    /// An origin that can't stand in a header.
    pub fn new(
        open: impl Fn() -> Result<Exchange> + 'static,
        served: impl Fn(Served) + 'static,
        origin: Option<&str>,
    ) -> Result<Self> {
        let origin = origin.map(HeaderValue::from_str).transpose();
        let origin = origin.map_err(|_| Error::argument("origin: give one such as https://stock.example.org"))?;
        Ok(Self { open: Box::new(open), served: Box::new(served), origin, active: RefCell::new(None) })
    }

    /// Serves until the process ends; `ready` is told the address once it listens.
    ///
    /// # Errors
    /// An address that can't be listened at.
    pub fn serve(self, address: SocketAddr, ready: impl FnOnce(SocketAddr)) -> Result<()> {
        let failed = |e: std::io::Error| Error::file(Path::new(&address.to_string()), &e);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let tasks = tokio::task::LocalSet::new();
        let server = Rc::new(self);
        tasks.block_on(&runtime, async move {
            let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
            ready(listener.local_addr().map_err(failed)?);
            let idle = Rc::clone(&server);
            tokio::task::spawn_local(async move {
                loop {
                    tokio::time::sleep(IDLE / 6).await;
                    idle.end_silent();
                }
            });
            loop {
                // A connection that fails at once is the other side's to try again.
                let Ok((stream, _)) = listener.accept().await else { continue };
                let server = Rc::clone(&server);
                tokio::task::spawn_local(async move {
                    let service = service_fn(|request| {
                        let server = Rc::clone(&server);
                        async move { Ok::<_, Infallible>(server.answer(request).await) }
                    });
                    let connection = hyper::server::conn::http1::Builder::new();
                    let _ = connection.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        })
    }

    /// Ends a session whose other side went away: what came is kept and noted, and the folder is free for the next.
    fn end_silent(&self) {
        let silent = self.active.borrow_mut().take_if(|active| active.last.elapsed() >= IDLE);
        if let Some(silent) = silent {
            (self.served)(silent.exchange.finish());
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let mut response = match (request.method(), request.uri().path()) {
            (&Method::OPTIONS, PATH) => Response::new(Full::default()),
            (&Method::POST, PATH) => {
                let session = request.headers().get(SESSION_HEADER).and_then(|id| id.to_str().ok()).map(str::to_owned);
                match Limited::new(request.into_body(), MAX_BODY).collect().await {
                    Ok(body) => self.post(session.as_deref(), &body.to_bytes()),
                    Err(_) => said(StatusCode::PAYLOAD_TOO_LARGE, "the request was cut off, or is over 16 MiB"),
                }
            }
            _ => said(StatusCode::NOT_FOUND, "medlot synchronises at POST /v1/sync"),
        };
        if let Some(origin) = &self.origin {
            let allowed = [
                ("access-control-allow-origin", origin.clone()),
                ("access-control-allow-headers", HeaderValue::from_static("medlot-session, content-type")),
                ("access-control-expose-headers", HeaderValue::from_static(SESSION_HEADER)),
            ];
            for (name, value) in allowed {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    fn post(&self, session: Option<&str>, body: &[u8]) -> Response<Full<Bytes>> {
        let mut active = self.active.borrow_mut();
        match (session, &*active) {
            (Some(id), Some(active)) if active.id == id => {}
            (Some(_), _) => {
                return said(StatusCode::CONFLICT, "this session has ended: begin a new one; what came is kept");
            }
            (None, Some(other)) if other.last.elapsed() < IDLE => {
                let mut response = said(StatusCode::SERVICE_UNAVAILABLE, "another device synchronises: try again soon");
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
                return response;
            }
            (None, _) => {
                if let Some(silent) = active.take() {
                    (self.served)(silent.exchange.finish());
                }
                let begun = (self.open)().and_then(|exchange| Ok((exchange, random::<16>()?)));
                match begun {
                    Ok((exchange, id)) => *active = Some(Active { id: hex(&id), exchange, last: Instant::now() }),
                    Err(e) => {
                        let text = e.message.clone();
                        (self.served)(Err(e));
                        return said(StatusCode::SERVICE_UNAVAILABLE, &text);
                    }
                }
            }
        }
        let Some(mut running) = active.take() else { return said(StatusCode::CONFLICT, "no session") };
        running.last = Instant::now();
        match running.exchange.receive(body).and_then(|()| running.exchange.take_outgoing()) {
            Ok(bytes) => {
                let id = HeaderValue::from_str(&running.id);
                if running.exchange.is_done() {
                    (self.served)(running.exchange.finish());
                } else {
                    *active = Some(running);
                }
                let mut response = Response::new(Full::new(Bytes::from(bytes)));
                let kind = HeaderValue::from_static("application/octet-stream");
                response.headers_mut().insert("content-type", kind);
                if let Ok(id) = id {
                    response.headers_mut().insert(SESSION_HEADER, id);
                }
                response
            }
            Err(e) => {
                // What came before is kept and noted.
                (self.served)(running.exchange.finish());
                said(StatusCode::BAD_REQUEST, &format!("{} {}: {}", e.code, e.name, e.message))
            }
        }
    }
}

fn said(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(format!("{text}\n"))));
    *response.status_mut() = status;
    response
}

/// Carries a session to a server. Answers that ask to come again are followed for up to `patience`.
///
/// # Errors
/// What ends the session; a server that can't be reached, refuses, or is busy for longer.
pub fn over_http(exchange: &mut Exchange, url: &str, patience: Duration) -> Result<()> {
    if !url.starts_with("http://") {
        return Err(Error::argument(format!(
            "{url}: this build speaks plain HTTP: give http://HOST:PORT, and let a TLS tunnel or proxy on this machine encrypt \
             it"
        )));
    }
    let url = if url.ends_with(PATH) { url.to_owned() } else { format!("{}{PATH}", url.trim_end_matches('/')) };
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(patience.max(Duration::from_secs(1))))
        .build()
        .into();
    let failed = |e: ureq::Error| Error::unknown(format!("{url}: {e}: what came is kept; synchronise again"));
    let (mut session, mut silent, begun): (Option<String>, u32, _) = (None, 0, Instant::now());
    let mut body = outgoing(exchange)?;
    for _ in 0..MAX_REQUESTS {
        let mut request = agent.post(&url).content_type("application/octet-stream");
        if let Some(session) = &session {
            request = request.header(SESSION_HEADER, session);
        }
        let mut answer = request.send(body.as_slice()).map_err(failed)?;
        let status = answer.status().as_u16();
        if status == 503 && session.is_none() && begun.elapsed() < patience {
            std::thread::sleep(Duration::from_millis(500));
            continue;
        }
        let limit = answer.body_mut().with_config().limit(MAX_BODY as u64);
        let bytes = limit.read_to_vec().map_err(failed)?;
        if status != 200 {
            let text: String = String::from_utf8_lossy(&bytes).chars().take(500).collect();
            return Err(Error::unknown(format!("{url} answered {status}: {}", text.trim())));
        }
        let named = answer.headers().get(SESSION_HEADER).and_then(|id| id.to_str().ok()).map(str::to_owned);
        session = named.or(session);
        exchange.receive(&bytes)?;
        let sent = body.len();
        body = outgoing(exchange)?;
        if exchange.is_done() && body.is_empty() {
            return Ok(());
        }
        silent = if sent == 0 && bytes.is_empty() && body.is_empty() { silent + 1 } else { 0 };
        if silent > 2 {
            return Err(cut());
        }
    }
    Err(cut())
}
