//! Ends a server with the value that started it, or with this process, however that ends.

use std::{
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

/// `$1` is the file with the server's process, `$2` the signal that ends it at once, `$3` its folder. A
/// server that is paused hears no signal, so it is resumed first; when it has ended, its file is gone.
const SCRIPT: &str = r#"
read -r _
read -r pid <"$1" || pid=
if [ -n "$pid" ]; then
    pkill -CONT -P "$pid"
    kill -CONT "$pid"
    kill "-$2" "$pid"
    waited=0
    while [ -e "$1" ] && [ "$waited" -lt 500 ]; do
        sleep 0.02
        waited=$((waited + 1))
    done
fi
rm -rf "$3"
"#;

/// A shell that reads a pipe of which we hold the other end: the system closes ours, even where a static
/// is not dropped and where we are killed.
pub(crate) struct Guard(Child);

impl Guard {
    pub(crate) fn of(folder: &Path, pid_file: &Path, signal: &str) -> Self {
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "guard"])
            .args([pid_file.as_os_str(), signal.as_ref(), folder.as_os_str()])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // What a terminal sends to the tests is not for the guard.
            .process_group(0)
            .spawn();
        Self(shell.expect("a shell can be started"))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
