//! Handlers that set a session they made and leave in some way.

use anyhow::Context;
use locals::with_locals;

use super::prelude::*;
use crate::{exits::enter, framework::AppError, rig::Account};

routes! {
    "/exit/tail" => get tail;
    "/exit/called-function" => get called_function;
    "/exit/bails" => get bails;
    "/exit/ensures" => get ensures;
    "/exit/ensures-with-anyhow" => get ensures_with_anyhow;
    "/exit/labelled-break" => get labelled_break;
    "/exit/labelled-continue" => get labelled_continue;
    "/exit/out-of-a-loop" => get out_of_a_loop;
    "/exit/closure" => get closure;
    "/exit/async-block" => get async_block;
    "/exit/async-block-with-question-mark" => get async_block_with_question_mark;
    "/exit/redirects" => get redirects;
}

fn read_number(text: &str) -> anyhow::Result<i32> {
    text.parse().context("reading the number")
}

macro_rules! bail {
    ($($text:tt)+) => {
        return Err(AppError::from(anyhow::anyhow!($($text)+)))
    };
}

macro_rules! ensure {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            bail!($($text)+);
        }
    };
}

fn small(number: i32) -> anyhow::Result<i32> {
    anyhow::ensure!(number < 10, "not a small number");
    Ok(number)
}

/// How the two handlers below end, when their block does what it should.
fn went_on(outcome: Result<i32, AppError>) -> &'static str {
    match outcome {
        Ok(_) => "the block succeeded",
        Err(_) => "the block failed, the handler went on",
    }
}

handlers! {
    #[with_locals(user = Account)]
    async fn tail() -> Result<&'static str, AppError> {
        enter(locals).await?;
        Ok("tail")
    }

    #[with_locals(user = Account)]
    async fn called_function() -> Result<String, AppError> {
        enter(locals).await?;
        Ok(read_number("seven")?.to_string())
    }

    #[with_locals(user = Account)]
    async fn bails() -> Result<&'static str, AppError> {
        enter(locals).await?;
        if read_number("7").is_ok() {
            bail!("bailed {}", "out");
        }
        Ok("unreached")
    }

    #[with_locals(user = Account)]
    async fn ensures() -> Result<String, AppError> {
        enter(locals).await?;
        let number = read_number("2")?;
        ensure!(number == 2, "unreached");
        ensure!(number == 3, "{number} is not 3");
        Ok(number.to_string())
    }

    #[with_locals(user = Account)]
    async fn ensures_with_anyhow() -> Result<String, AppError> {
        enter(locals).await?;
        Ok(small(700)?.to_string())
    }

    #[with_locals(user = Account)]
    async fn labelled_break() -> Result<String, AppError> {
        let found = 'rows: loop {
            for number in 0.. {
                if number == 3 {
                    enter(locals).await?;
                    break 'rows number;
                }
            }
        };
        Ok(format!("broke at {found}"))
    }

    #[with_locals(user = Account)]
    async fn labelled_continue() -> Result<String, AppError> {
        let mut even = Vec::new();
        'numbers: for number in 0..6 {
            for divisor in [1, 2] {
                if number % divisor != 0 {
                    continue 'numbers;
                }
            }
            even.push(number.to_string());
        }
        enter(locals).await?;
        Ok(even.join(" "))
    }

    #[with_locals(user = Account)]
    async fn out_of_a_loop() -> Result<String, AppError> {
        for number in 1.. {
            let square = number * number;
            if square > 40 {
                enter(locals).await?;
                return Ok(format!("found {square}"));
            }
        }
        Err(AppError::Teapot)
    }

    #[with_locals(user = Account)]
    async fn closure() -> Result<String, AppError> {
        let parity = |number: u32| {
            if number.is_multiple_of(2) {
                return "even";
            }
            "odd"
        };
        let (four, five) = (parity(4), parity(5));
        enter(locals).await?;
        Ok(format!("{four}, {five}"))
    }

    #[with_locals(user = Account)]
    async fn async_block() -> Result<&'static str, AppError> {
        let outcome: Result<i32, AppError> = async {
            let Ok(number) = read_number("seven") else {
                return Err(AppError::Teapot);
            };
            Ok(number)
        }
        .await;
        enter(locals).await?;
        Ok(went_on(outcome))
    }

    #[with_locals(user = Account)]
    async fn async_block_with_question_mark() -> Result<&'static str, AppError> {
        let outcome: Result<i32, AppError> = async {
            let number = read_number("seven")?;
            Ok(number + 1)
        }
        .await;
        enter(locals).await?;
        Ok(went_on(outcome))
    }

    #[with_locals(user = Account)]
    async fn redirects() -> Result<Redirect, AppError> {
        enter(locals).await?;
        Ok(see_other("/public"))
    }
}
