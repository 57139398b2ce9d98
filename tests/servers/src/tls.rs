//! Certificates of an authority of our own: those that a client has to take, and those it has to refuse.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

/// An authority that nobody else knows.
pub struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, both as PEM.
#[derive(Clone)]
pub struct Identity {
    /// The certificate.
    pub certificate: String,
    /// Its key, as PKCS #8.
    pub key: String,
}

/// The TLS of a private server.
#[derive(Clone)]
pub struct Ssl {
    /// The server's certificate.
    pub server: Identity,
    /// The certificate, as PEM, of whoever signs those of clients.
    pub clients: String,
}

impl Ssl {
    /// This certificate, and clients of this authority.
    pub fn new(server: Identity, authority: &Authority) -> Self {
        let clients = authority.pem().to_owned();
        Self { server, clients }
    }
}

impl Authority {
    /// A new one, with a key of its own.
    pub fn generate() -> Self {
        let mut params = subject("Test authority", &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::CrlSign,
        ];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Self {
            certificate: certificate.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    /// Its certificate, as PEM: what `sslrootcert` names.
    pub fn pem(&self) -> &str {
        &self.certificate
    }

    /// Writes its certificate into a file of this folder.
    pub fn save(&self, folder: &Path) -> PathBuf {
        let path = folder.join("authority.crt");
        fs::write(&path, &self.certificate).expect("the file can be written");
        path
    }

    /// Of a server that is reached as `localhost` or `127.0.0.1`.
    pub fn server(&self) -> Identity {
        self.server_named(&["localhost", "127.0.0.1"])
    }

    /// Of a server that is reached by other names.
    pub fn server_named(&self, names: &[&str]) -> Identity {
        self.sign(
            subject("Test server", names),
            &[ExtendedKeyUsagePurpose::ServerAuth],
        )
    }

    /// Of a server that is reached by these names, and is a client of others, as the nodes of a cluster are of each
    /// other.
    pub fn peer(&self, names: &[&str]) -> Identity {
        self.sign(
            subject("Test peer", names),
            &[
                ExtendedKeyUsagePurpose::ServerAuth,
                ExtendedKeyUsagePurpose::ClientAuth,
            ],
        )
    }

    /// Of a server that is reached as `localhost` or `127.0.0.1`, until the end of 2020.
    pub fn expired(&self) -> Identity {
        let mut params = subject("Test server", &["localhost", "127.0.0.1"]);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
        self.sign(params, &[ExtendedKeyUsagePurpose::ServerAuth])
    }

    /// Of a client: PostgreSQL's `cert` compares the name with that of the role.
    pub fn client(&self, role: &str) -> Identity {
        self.sign(subject(role, &[]), &[ExtendedKeyUsagePurpose::ClientAuth])
    }

    fn sign(
        &self,
        mut params: CertificateParams,
        purposes: &[ExtendedKeyUsagePurpose],
    ) -> Identity {
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = purposes.to_vec();
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer);
        Identity {
            certificate: certificate.expect("a certificate").pem(),
            key: key.serialize_pem(),
        }
    }
}

fn subject(common_name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names of hosts");
    let name = &mut params.distinguished_name;
    name.push(DnType::CommonName, common_name);
    params
}

impl Identity {
    /// Writes both into files of this folder, the key readable for its owner only: what `sslcert` and `sslkey`
    /// name.
    pub fn save(&self, folder: &Path) -> (PathBuf, PathBuf) {
        let (certificate, key) = (folder.join("identity.crt"), folder.join("identity.key"));
        fs::write(&certificate, &self.certificate).expect("the file can be written");
        fs::write(&key, &self.key).expect("the file can be written");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("the file is ours");
        (certificate, key)
    }
}
