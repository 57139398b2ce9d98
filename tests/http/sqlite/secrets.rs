//! What whoever copies the files of the database finds in them.

use std::{collections::HashMap, fs, path::Path};

use crate::rig::{ADA, BOB, Backend, EVE, Server, Site, written};

/// Looks for needles of at least eight bytes in a file, in one pass.
struct Search<'n> {
    by_start: HashMap<[u8; 8], Vec<&'n [u8]>>,
}

impl<'n> Search<'n> {
    fn new(needles: impl IntoIterator<Item = &'n [u8]>) -> Self {
        let mut by_start: HashMap<_, Vec<_>> = HashMap::new();
        for needle in needles {
            let start: [u8; 8] = *needle.first_chunk().expect("eight bytes or more");
            by_start.entry(start).or_default().push(needle);
        }
        Self { by_start }
    }

    fn hits(&self, file: &Path) -> usize {
        let content = fs::read(file).expect("the database's file");
        let starts = (0..content.len()).filter_map(|place| {
            let rest = &content[place..];
            let needles = self.by_start.get(rest.first_chunk::<8>()?)?;
            Some(
                needles
                    .iter()
                    .filter(|needle| rest.starts_with(needle))
                    .count(),
            )
        });
        starts.sum()
    }
}

/// The hashes, which have to be there, show that the search would find them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_03_no_secret_is_in_the_files_of_the_database() {
    let site = Site::start(Server::on(Backend::Sqlite)).await;
    let mut tokens = Vec::new();
    for user in [ADA, BOB, EVE].into_iter().cycle().take(200) {
        tokens.push(site.log_in(user).await);
    }
    let mut secrets: Vec<Vec<u8>> = Vec::new();
    let mut hashes = Vec::new();
    for token in &tokens {
        secrets.push(token.secret_bytes());
        let texts = written(&token.secret_bytes());
        secrets.extend(texts.into_iter().map(String::into_bytes));
        hashes.push(token.secret_hash());
    }
    let database = site.database.as_deref().expect("a database");
    let beside = |suffix: &str| {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        name
    };
    let files = ["", "-wal", "-shm"].map(beside);
    let hits = |needles: &[Vec<u8>]| {
        let search = Search::new(needles.iter().map(Vec::as_slice));
        let hits = files.iter().map(|file| search.hits(Path::new(file)));
        hits.sum::<usize>()
    };
    assert!(hits(&hashes) >= tokens.len(), "the hashes are there");
    assert_eq!(hits(&secrets), 0);
}
