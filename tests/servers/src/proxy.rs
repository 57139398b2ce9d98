//! A line to a server, which fails when it is told to.

mod connection;
mod fault;
mod flow;
mod replies;
mod requests;

use std::{
    mem,
    net::TcpListener as StdListener,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::{
    net::TcpListener,
    runtime, select,
    sync::{oneshot, watch},
};

use fault::Fault;

pub use fault::Direction;

/// A listener on 127.0.0.1 that passes bytes on, with at most one fault at a time: the last that was
/// switched on.
///
/// It has a thread of its own, so that it goes on while a test blocks, or stops its clock. It ends with the
/// value, and so do its connections.
pub struct Proxy {
    port: u16,
    line: Arc<Line>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the connections share.
struct Line {
    server: u16,
    fault: watch::Sender<Fault>,
    /// Tells those who were accepted since the last cut.
    cut: Mutex<watch::Sender<()>>,
    open: AtomicUsize,
    accepted: AtomicUsize,
}

impl Proxy {
    /// In front of this port of 127.0.0.1. Bytes pass.
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let listener = listener.into_std().expect("it can be taken over");
        let line = Arc::new(Line::to(server));
        let (stop, stopped) = oneshot::channel();
        let shared = line.clone();
        let thread = thread::spawn(move || run(listener, shared, stopped));
        Self {
            port,
            line,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many connections are open, silent ones among them.
    pub fn connections(&self) -> usize {
        self.line.open.load(Relaxed)
    }

    /// How many connections were accepted, refused ones among them.
    pub fn accepted(&self) -> usize {
        self.line.accepted.load(Relaxed)
    }

    /// Whether bytes pass: a fault that strikes once is over when it has struck.
    pub fn passes(&self) -> bool {
        self.line.fault() == Fault::None
    }

    /// Bytes pass again. A connection that has lost some of them stays silent.
    pub fn pass(&self) {
        self.switch(Fault::None);
    }

    /// What is read from now on passes so much later, in both directions.
    pub fn delay(&self, delay: Duration) {
        self.switch(Fault::Delay(delay));
    }

    /// Bytes are accepted and get lost, and so does the news that a side has closed.
    pub fn black_hole(&self, direction: Direction) {
        self.switch(Fault::BlackHole(direction));
    }

    /// The first connection on which so many further bytes have passed is reset, once. With
    /// [`Direction::Both`], those of either direction are counted for themselves.
    pub fn cut_after(&self, bytes: usize, direction: Direction) {
        self.switch(Fault::CutAfter(bytes, direction));
    }

    /// The connection on which the server says that a transaction was committed is closed before the client
    /// reads so, once. Without TLS only; of MySQL, where `COMMIT` is a statement of its own that is sent as text.
    pub fn cut_on_commit_reply(&self) {
        self.switch(Fault::CutOnCommitReply);
    }

    /// Tells the receivers of each connection there is that nothing more comes, and drops what does.
    pub fn half_close(&self, direction: Direction) {
        self.switch(Fault::HalfClose(direction));
    }

    /// So many bytes at a time, then a pause, in both directions.
    pub fn slow_drip(&self, bytes: usize, every: Duration) {
        self.switch(Fault::Drip(bytes, every));
    }

    /// New connections are reset at once; those there are go on.
    pub fn refuse(&self) {
        self.switch(Fault::Refuse);
    }

    /// New connections are accepted and never answered, nor does the server hear of them; those there are
    /// go on.
    pub fn say_nothing(&self) {
        self.switch(Fault::SayNothing);
    }

    /// Resets every connection there is, towards both sides; none of them is open when this returns. The
    /// fault stays as it is.
    pub fn cut_now(&self) {
        let cut = mem::replace(&mut *self.line.cut(), watch::Sender::new(()));
        cut.send_replace(());
        let start = Instant::now();
        while cut.receiver_count() > 0 && start.elapsed() < Duration::from_secs(5) {
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn switch(&self, fault: Fault) {
        self.line.fault.send_replace(fault);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Line {
    fn to(server: u16) -> Self {
        Self {
            server,
            fault: watch::Sender::new(Fault::None),
            cut: Mutex::new(watch::Sender::new(())),
            open: AtomicUsize::new(0),
            accepted: AtomicUsize::new(0),
        }
    }

    fn fault(&self) -> Fault {
        *self.fault.borrow()
    }

    /// Whether this fault is to strike here: it strikes once.
    fn strikes(&self, fault: Fault) -> bool {
        self.fault.send_if_modified(|current| {
            let strikes = *current == fault;
            if strikes {
                *current = Fault::None;
            }
            strikes
        })
    }

    fn cut(&self) -> MutexGuard<'_, watch::Sender<()>> {
        self.cut.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tasks of the connections end with the runtime.
fn run(listener: StdListener, line: Arc<Line>, stopped: oneshot::Receiver<()>) {
    let mut builder = runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener).expect("a listener");
        select! {
            _ = stopped => {}
            () = connection::accept(&listener, &line) => {}
        }
    });
}
