//! Rounds in which every contender has a turn.

use crate::plan::Plan;
use axum::{Router, body::Body};
use http::{HeaderValue, Request, Uri, header};
use http_body_util::BodyExt;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use tower::ServiceExt;

#[derive(Clone)]
pub struct Contender {
    pub name: String,
    app: Router,
    /// Whoever asks takes the next of them, over and over.
    calls: Arc<[Call]>,
    next: Arc<AtomicUsize>,
}

/// One request, and the only right body of the answer.
pub struct Call {
    pub uri: Uri,
    pub cookie: Option<HeaderValue>,
    pub body: String,
}

/// What one contender showed in all rounds.
#[derive(Default)]
pub struct Measured {
    /// The median time of a turn's requests, in microseconds.
    pub latency: Rounds,
    /// Requests a second.
    pub rate: Rounds,
}

/// One number of every round.
#[derive(Default)]
pub struct Rounds(Vec<f64>);

impl Rounds {
    /// Of one more round.
    pub fn push(&mut self, number: f64) {
        self.0.push(number);
    }

    pub fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub fn most(&self) -> f64 {
        self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }

    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() % 2 {
            0 => f64::midpoint(sorted[middle - 1], sorted[middle]),
            _ => sorted[middle],
        }
    }

    pub fn minus(&self, other: &Self) -> Self {
        self.with(other, |ours, theirs| ours - theirs)
    }

    pub fn over(&self, other: &Self) -> Self {
        self.with(other, |ours, theirs| ours / theirs)
    }

    /// Round by round: what disturbs one turn of a round tends to disturb them all.
    fn with(&self, other: &Self, by: impl Fn(f64, f64) -> f64) -> Self {
        Self(
            self.0
                .iter()
                .zip(&other.0)
                .map(|(ours, theirs)| by(*ours, *theirs))
                .collect(),
        )
    }
}

pub async fn measure(contenders: &[Contender], clients: usize, plan: &Plan) -> Vec<Measured> {
    let mut measured: Vec<Measured> = contenders.iter().map(|_| Measured::default()).collect();
    for contender in contenders {
        turn(contender, clients, plan.turn / 4).await;
    }
    for round in 0..plan.rounds {
        // Another one begins in every round.
        for place in 0..contenders.len() {
            let at = (round + place) % contenders.len();
            let (latency, rate) = turn(&contenders[at], clients, plan.turn).await;
            measured[at].latency.push(latency);
            measured[at].rate.push(rate);
        }
    }
    measured
}

/// The median latency in microseconds, and requests a second.
async fn turn(contender: &Contender, clients: usize, time: Duration) -> (f64, f64) {
    let start = Instant::now();
    let mut times = latencies(contender, clients, time).await;
    let elapsed = start.elapsed().as_secs_f64();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    (median.as_secs_f64() * 1e6, times.len() as f64 / elapsed)
}

/// Of every request of so many clients that began within the time, and of one of each client at least.
pub async fn latencies(contender: &Contender, clients: usize, time: Duration) -> Vec<Duration> {
    let begin = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..clients {
        running.spawn(requests(contender.clone(), begin, time));
    }
    running.join_all().await.concat()
}

async fn requests(contender: Contender, begin: Instant, time: Duration) -> Vec<Duration> {
    let mut times = Vec::new();
    loop {
        let start = Instant::now();
        if start - begin >= time && !times.is_empty() {
            return times;
        }
        let next = contender.next.fetch_add(1, Ordering::Relaxed);
        let call = &contender.calls[next % contender.calls.len()];
        contender.ask(call).await;
        times.push(start.elapsed());
    }
}

impl Contender {
    pub fn new(name: impl Into<String>, app: Router, calls: impl Into<Arc<[Call]>>) -> Self {
        Self {
            name: name.into(),
            app,
            calls: calls.into(),
            next: Arc::default(),
        }
    }

    async fn ask(&self, call: &Call) {
        let mut request = Request::get(call.uri.clone());
        if let Some(cookie) = &call.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("infallible");
        assert_eq!(response.status(), 200, "{}", self.name);
        let body = response
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        assert_eq!(body, call.body, "{}", self.name);
    }
}

/// What the contender of this name showed.
pub fn of<'a>(contenders: &[Contender], measured: &'a [Measured], name: &str) -> &'a Measured {
    let at = contenders
        .iter()
        .position(|contender| contender.name == name);
    &measured[at.expect("a contender of this name")]
}
