//! Running the contenders in turns, and counting what they allocate.

use crate::contenders::Contender;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};
use tower::ServiceExt;

const ROUNDS: usize = 40;
const REQUESTS: u32 = 2_000;

/// What one request costs.
pub struct Cost {
    pub nanoseconds: f64,
    pub allocations: u64,
}

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is handed to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

pub async fn costs(contenders: &[Contender]) -> Vec<Cost> {
    let mut costs = Vec::new();
    for contender in contenders {
        run(contender, REQUESTS).await;
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        run(contender, 100).await;
        costs.push(Cost {
            nanoseconds: f64::INFINITY,
            allocations: (ALLOCATIONS.load(Ordering::Relaxed) - before) / 100,
        });
    }
    for _ in 0..ROUNDS {
        for (contender, cost) in contenders.iter().zip(&mut costs) {
            let start = Instant::now();
            run(contender, REQUESTS).await;
            let mean = start.elapsed().as_nanos() as f64 / f64::from(REQUESTS);
            cost.nanoseconds = cost.nanoseconds.min(mean);
        }
    }
    costs
}

async fn run(contender: &Contender, requests: u32) {
    for _ in 0..requests {
        let mut request = Request::get("/");
        if let Some(cookie) = &contender.cookie {
            request = request.header("cookie", cookie);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = contender
            .app
            .clone()
            .oneshot(request)
            .await
            .expect("infallible");
        assert_eq!(response.status(), 200, "{}", contender.name);
        let body = response
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        assert_eq!(body.len(), contender.body, "{}", contender.name);
    }
}
