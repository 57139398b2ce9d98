//! How long a benchmark takes.

use std::{env, panic, time::Duration};

pub struct Plan {
    pub rounds: usize,
    /// How long a turn takes.
    pub turn: Duration,
    pub is_quick: bool,
}

impl Plan {
    /// Of the arguments of this program.
    pub fn of_arguments() -> Self {
        let arguments: Vec<String> = env::args().skip(1).collect();
        match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => Self {
                rounds: 8,
                turn: Duration::from_millis(400),
                is_quick: false,
            },
            ["--quick"] => Self {
                rounds: 6,
                turn: Duration::from_millis(60),
                is_quick: true,
            },
            _ => panic!("{arguments:?}: there is `--quick`, and nothing else"),
        }
    }
}

/// Runs to the end, or until somebody presses Ctrl-C. Then `remove` takes away what is left on the server.
pub async fn until_interrupted(
    running: impl Future<Output = ()> + Send + 'static,
    remove: impl Future<Output = ()>,
) {
    let mut running = tokio::spawn(running);
    let ended = tokio::select! {
        ended = &mut running => ended,
        _ = tokio::signal::ctrl_c() => {
            running.abort();
            Ok(())
        }
    };
    remove.await;
    if let Err(error) = ended {
        panic::resume_unwind(error.into_panic());
    }
}
