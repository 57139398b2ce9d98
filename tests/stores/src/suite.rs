//! How the functions of a suite become the tests of a store.

/// Makes a test of each of these functions, which are generic over what they run on.
#[macro_export]
macro_rules! tests {
    // In no runtime.
    (plain $suite:ident on $rig:ty; $($name:ident,)+) => {$(
        #[test]
        fn $name() {
            $suite::$name::<$rig>();
        }
    )+};
    ($suite:ident on $rig:ty; $($name:ident,)+) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            $suite::$name::<$rig>().await;
        }
    )+};
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::{Path, PathBuf},
    };

    fn source(path: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path)
    }

    /// What a file offers that is indented by nothing.
    fn offered(file: &Path) -> Vec<String> {
        let text = fs::read_to_string(file).expect("a source file");
        let functions = text.lines().filter_map(|line| {
            let plain = line.strip_prefix("pub fn ");
            plain.or_else(|| line.strip_prefix("pub async fn "))
        });
        functions
            .map(|rest| rest.split(['<', '(']).next().unwrap_or(rest).to_owned())
            .collect()
    }

    #[test]
    fn every_function_of_a_suite_is_a_test() {
        let mut count = 0;
        for suite in ["outage", "nodes"] {
            let list = fs::read_to_string(source(&format!("{suite}.rs"))).expect("the list");
            for entry in fs::read_dir(source(suite)).expect("the suite") {
                let file = entry.expect("an entry").path();
                for name in offered(&file) {
                    let is_listed = list.contains(&format!(" {name},"));
                    assert!(is_listed, "{name} is not in {suite}.rs");
                    count += 1;
                }
            }
        }
        assert!(count > 40, "only {count}");
    }
}
