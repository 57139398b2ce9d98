//! The client of HTTP/2 in the clear: it knows before that the server speaks it.

use h2::client;
use http::{Method, Request};
use tokio::{net::TcpStream, time::timeout};

use super::{Reply, Site, wire::PATIENCE};

impl Site {
    /// Sends one request without a body on a new connection; every field is one of its own, in
    /// this order. The authority is the site's own, or that of a whole URL.
    pub(crate) async fn send_h2(
        &self,
        method: Method,
        target: &str,
        fields: &[(&str, &str)],
    ) -> Reply {
        let reply = self.try_send_h2(method, target, fields).await;
        reply.expect("a whole response")
    }

    /// As [`send_h2`](Self::send_h2); a stream or a connection that the server ends is an error.
    pub(crate) async fn try_send_h2(
        &self,
        method: Method,
        target: &str,
        fields: &[(&str, &str)],
    ) -> Result<Reply, h2::Error> {
        let url = if target.starts_with('/') {
            format!("http://{}{target}", self.address)
        } else {
            target.to_owned()
        };
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let request = request.body(()).expect("the test's own request");
        let exchange = timeout(PATIENCE, self.exchange_h2(request)).await;
        exchange.expect("an answer within ten seconds")
    }

    async fn exchange_h2(&self, request: Request<()>) -> Result<Reply, h2::Error> {
        let socket = TcpStream::connect(self.address).await;
        let (client, connection) = client::handshake(socket.expect("the site listens")).await?;
        let connection = tokio::spawn(connection);
        let (response, _) = client.ready().await?.send_request(request, true)?;
        let (head, mut stream) = response.await?.into_parts();
        let mut body = Vec::new();
        while let Some(piece) = stream.data().await {
            body.extend_from_slice(&piece?);
        }
        connection.abort();
        let headers = head.headers.iter();
        Ok(Reply {
            status: head.status.as_u16(),
            headers: headers
                .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_owned()))
                .collect(),
            body,
            cookie_name: self.cookie_name,
        })
    }
}
