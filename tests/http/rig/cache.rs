//! A shared cache in front of a site, as RFC 9111 lets one be: it keeps what it may, knows `Vary`,
//! and sees no harm in a `Set-Cookie`.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::{Reply, RequestTo, Site};

/// What was kept of a response: the request's target, the fields that it varies by, and its bytes.
struct Kept {
    target: String,
    varies_by: Vec<(String, Option<String>)>,
    response: Vec<u8>,
}

#[derive(Default)]
struct Shelf {
    kept: Mutex<Vec<Kept>>,
    hits: AtomicUsize,
}

/// It ends with the value.
pub(crate) struct SharedCache {
    address: SocketAddr,
    shelf: Arc<Shelf>,
    serving: JoinHandle<()>,
}

impl Drop for SharedCache {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl SharedCache {
    pub(crate) async fn before(site: &Site) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (origin, shelf) = (site.address, Arc::<Shelf>::default());
        let of_server = Arc::clone(&shelf);
        let serving = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shelf = Arc::clone(&of_server);
                tokio::spawn(async move { shelf.answer(client, origin).await });
            }
        });
        Self {
            address,
            shelf,
            serving,
        }
    }

    /// Sends a GET through the cache.
    pub(crate) async fn send(&self, request: RequestTo<'_>) -> Reply {
        request.send_by(self.address).await
    }

    /// How many answers came from the shelf.
    pub(crate) fn hits(&self) -> usize {
        self.shelf.hits.load(Ordering::SeqCst)
    }
}

impl Shelf {
    async fn answer(&self, mut client: TcpStream, origin: SocketAddr) -> io::Result<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await?);
        }
        let request = String::from_utf8_lossy(&head).into_owned();
        let target = request.split(' ').nth(1).unwrap_or_default().to_owned();
        let fits = |kept: &Kept| {
            let mut fields = kept.varies_by.iter();
            kept.target == target && fields.all(|(name, value)| field(&request, name) == *value)
        };
        let kept = self
            .kept()
            .iter()
            .find(|kept| fits(kept))
            .map(|kept| kept.response.clone());
        if let Some(response) = kept {
            self.hits.fetch_add(1, Ordering::SeqCst);
            return client.write_all(&response).await;
        }
        let mut upstream = TcpStream::connect(origin).await?;
        upstream.write_all(&head).await?;
        let mut response = Vec::new();
        upstream.read_to_end(&mut response).await?;
        self.keep(&request, target, &response);
        client.write_all(&response).await
    }

    fn keep(&self, request: &str, target: String, response: &[u8]) {
        let text = String::from_utf8_lossy(response);
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        let control = field(head, "cache-control").unwrap_or_default();
        let forbidden = ["no-store", "private", "no-cache", "max-age=0"];
        let vary = field(head, "vary").unwrap_or_default();
        if !head.starts_with("HTTP/1.1 200")
            || !control.contains("max-age")
            || forbidden.iter().any(|word| control.contains(word))
            || vary.contains('*')
        {
            return;
        }
        let names = vary
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let varies_by = names.map(|name| (name.to_owned(), field(request, name)));
        let varies_by = varies_by.collect();
        self.kept().push(Kept {
            target,
            varies_by,
            response: response.to_owned(),
        });
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lines of a field in a head, joined.
fn field(head: &str, name: &str) -> Option<String> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let values: Vec<_> = lines
        .filter(|(other, _)| other.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}
