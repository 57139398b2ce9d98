//! Histories made by hand: good ones pass, and each kind of violation is found.

use super::*;

fn at(node: u32, time: Range<u64>, action: Action, outcome: Outcome) -> Operation {
    Operation::new(node, time, action, outcome)
}

fn sign_in(time: Range<u64>, user: u64, token: u64) -> Operation {
    let token = Some(token);
    at(0, time, Action::SignIn { user, token }, Outcome::Done)
}

fn valid(time: Range<u64>, token: u64, user: u64) -> Operation {
    at(1, time, Action::Read { token }, Outcome::Valid { user })
}

fn invalid(time: Range<u64>, token: u64) -> Operation {
    at(1, time, Action::Read { token }, Outcome::Invalid)
}

fn sign_out(time: Range<u64>, token: u64) -> Operation {
    at(0, time, Action::SignOut { token }, Outcome::Done)
}

fn all_out(time: Range<u64>, user: u64, but: Option<u64>) -> Operation {
    at(0, time, Action::SignOutAll { user, but }, Outcome::Done)
}

fn rotate(time: Range<u64>, token: u64, successor: u64) -> Operation {
    let successor = Some(successor);
    at(0, time, Action::Rotate { token, successor }, Outcome::Done)
}

fn unknown(mut operation: Operation) -> Operation {
    operation.outcome = Outcome::Unknown;
    operation
}

fn not_done(mut operation: Operation) -> Operation {
    operation.outcome = Outcome::NotDone;
    operation
}

fn history(operations: impl IntoIterator<Item = Operation>) -> History {
    let mut history = History::new();
    for operation in operations {
        history.push(operation);
    }
    history
}

macro_rules! finds {
    ($history:expr, $violation:pat) => {
        let found = $history.check();
        assert!(matches!(found, Err($violation)), "{found:?}");
    };
}

fn is_explained(history: &History) {
    assert_eq!(history.check(), Ok(()));
}

#[test]
fn j_01_what_an_order_explains_is_right() {
    is_explained(&History::new());
    is_explained(&history([
        sign_in(0..10, 7, 1),
        valid(20..30, 1, 7),
        // At the same time as the end: either.
        sign_out(40..60, 1),
        valid(45..70, 1, 7),
        invalid(41..46, 1),
        invalid(61..70, 1),
    ]));
    // Read before the sign-in is answered, by somebody who has it from elsewhere.
    is_explained(&history([
        sign_in(0..10, 7, 1),
        invalid(1..2, 1),
        valid(3..4, 1, 7),
    ]));
    // The order in which they were written down says nothing.
    is_explained(&history([
        invalid(61..70, 1),
        sign_out(40..60, 1),
        sign_in(0..10, 7, 1),
    ]));
}

#[test]
fn j_01_a_token_that_another_node_takes_after_its_end_is_found() {
    finds!(
        history([
            sign_in(0..10, 7, 1),
            sign_out(20..30, 1),
            valid(31..40, 1, 7)
        ]),
        Violation::ReadAfterEnd { .. }
    );
    finds!(
        history([
            sign_in(0..10, 7, 1),
            all_out(10..30, 7, None),
            valid(31..40, 1, 7)
        ]),
        Violation::ReadAfterEnd { .. }
    );
    finds!(
        history([
            sign_in(0..10, 7, 1),
            all_out(11..30, 7, Some(2)),
            valid(31..40, 1, 7)
        ]),
        Violation::ReadAfterEnd { .. }
    );
    // A later end that is over first hides no earlier one, nor the other way round.
    finds!(
        history([
            sign_in(0..10, 7, 1),
            all_out(11..90, 7, None),
            all_out(12..30, 7, None),
            all_out(80..99, 7, None),
            valid(31..40, 1, 7)
        ]),
        Violation::ReadAfterEnd { .. }
    );
}

#[test]
fn j_01_an_end_is_of_those_sessions_only_that_were_there() {
    // Made while the others ended: before or after.
    is_explained(&history([
        all_out(5..30, 7, None),
        sign_in(0..10, 7, 1),
        valid(31..40, 1, 7),
    ]));
    is_explained(&history([
        all_out(5..30, 7, None),
        sign_in(0..10, 7, 1),
        invalid(31..40, 1),
    ]));
    // Another user's.
    is_explained(&history([
        sign_in(0..10, 7, 1),
        all_out(20..30, 8, None),
        valid(31..40, 1, 7),
    ]));
    // The one that stays, whatever else ends.
    let spared = [
        sign_in(0..10, 7, 1),
        all_out(20..30, 7, Some(1)),
        all_out(21..29, 7, Some(1)),
    ];
    is_explained(&history(spared.into_iter().chain([valid(31..40, 1, 7)])));
    finds!(
        history(spared.into_iter().chain([invalid(31..40, 1)])),
        Violation::Lost { .. }
    );
    let ended = spared.into_iter().chain([all_out(22..35, 7, Some(2))]);
    finds!(
        history(ended.clone().chain([valid(36..40, 1, 7)])),
        Violation::ReadAfterEnd { .. }
    );
    is_explained(&history(ended.chain([invalid(36..40, 1)])));
}

#[test]
fn d_12_a_session_that_comes_back_is_found() {
    let unknown_end = unknown(sign_out(20..30, 1));
    let seen_dead = [sign_in(0..10, 7, 1), unknown_end, invalid(40..50, 1)];
    is_explained(&history(seen_dead));
    is_explained(&history(seen_dead.into_iter().chain([valid(45..60, 1, 7)])));
    finds!(
        history(seen_dead.into_iter().chain([valid(51..60, 1, 7)])),
        Violation::Resurrected { .. }
    );
}

#[test]
fn i_07_what_has_an_unknown_outcome_is_done_or_not_or_later() {
    let asked = [sign_in(0..10, 7, 1), unknown(sign_out(20..30, 1))];
    is_explained(&history(
        asked
            .into_iter()
            .chain([valid(40..50, 1, 7), invalid(60..70, 1)]),
    ));
    // But not before it was asked.
    finds!(
        history(asked.into_iter().chain([invalid(15..20, 1)])),
        Violation::Lost { .. }
    );
    let refused = [sign_in(0..10, 7, 1), not_done(sign_out(20..30, 1))];
    is_explained(&history(refused.into_iter().chain([valid(40..50, 1, 7)])));
    finds!(
        history(refused.into_iter().chain([invalid(40..50, 1)])),
        Violation::Lost { .. }
    );
    is_explained(&history([at(
        0,
        0..10,
        Action::SignIn {
            user: 7,
            token: None,
        },
        Outcome::Unknown,
    )]));
}

#[test]
fn j_01_a_session_that_is_lost_is_found() {
    finds!(
        history([sign_in(0..10, 7, 1), invalid(11..20, 1)]),
        Violation::Lost { .. }
    );
    finds!(
        history([
            sign_in(0..10, 7, 1),
            invalid(11..20, 1),
            sign_out(20..30, 1)
        ]),
        Violation::Lost { .. }
    );
}

#[test]
fn j_01_another_user_s_token_is_found() {
    finds!(
        history([sign_in(0..10, 7, 1), valid(11..20, 1, 8)]),
        Violation::AnotherUser { .. }
    );
}

#[test]
fn a_07_a_token_that_nobody_was_given_is_found() {
    finds!(history([valid(11..20, 1, 7)]), Violation::NeverGiven { .. });
    finds!(
        history([valid(0..5, 1, 7), sign_in(6..10, 7, 1)]),
        Violation::NeverGiven { .. }
    );
    finds!(history([rotate(0..5, 1, 2)]), Violation::NeverGiven { .. });
}

#[test]
fn a_01_a_token_that_is_given_twice_is_found() {
    finds!(
        history([sign_in(0..10, 7, 1), sign_in(20..30, 8, 1)]),
        Violation::GivenTwice { .. }
    );
    finds!(
        history([
            sign_in(0..10, 7, 1),
            sign_in(0..10, 7, 2),
            rotate(20..30, 1, 2)
        ]),
        Violation::GivenTwice { .. }
    );
    // To parallel requests.
    is_explained(&history([
        sign_in(0..10, 7, 1),
        rotate(20..30, 1, 2),
        rotate(20..31, 1, 2),
    ]));
}

#[test]
fn d_07_a_rotated_token_is_dead_after_its_grace() {
    let rotated = [
        sign_in(0..10, 7, 1),
        rotate(20..30, 1, 2),
        valid(31..40, 2, 7),
    ];
    is_explained(&history(rotated.into_iter().chain([invalid(31..40, 1)])));
    finds!(
        history(rotated.into_iter().chain([valid(31..40, 1, 7)])),
        Violation::ReadAfterEnd { .. }
    );
    let within = rotated.into_iter().chain([valid(80..90, 1, 7)]);
    is_explained(&history(within.clone()).grace(50));
    finds!(history(within).grace(49), Violation::ReadAfterEnd { .. });
    // The end of the session is the end of both.
    finds!(
        history(
            rotated
                .into_iter()
                .chain([sign_out(50..60, 1), valid(61..70, 2, 7)])
        ),
        Violation::ReadAfterEnd { .. }
    );
    finds!(
        history(rotated.into_iter().chain([invalid(41..50, 2)])),
        Violation::Lost { .. }
    );
}

#[test]
fn e_07_more_sessions_than_the_cap_are_found() {
    let two = [
        sign_in(0..10, 7, 1),
        sign_in(11..20, 7, 2),
        valid(30..40, 1, 7),
        valid(31..41, 2, 7),
    ];
    is_explained(&history(two).cap(2));
    finds!(
        history(two).cap(1),
        Violation::CapExceeded {
            user: 7,
            sessions: 2,
            ..
        }
    );
    // They may have been there one after the other.
    let in_turn = [
        sign_in(0..10, 7, 1),
        valid(11..20, 1, 7),
        sign_in(15..30, 7, 2),
    ];
    is_explained(&history(in_turn).cap(1));
    // Two tokens, one session.
    let rotated = [
        sign_in(0..10, 7, 1),
        rotate(20..30, 1, 2),
        valid(31..40, 2, 7),
    ];
    is_explained(
        &history(rotated.into_iter().chain([valid(35..45, 1, 7)]))
            .cap(1)
            .grace(50),
    );
    let counted = at(0, 0..10, Action::Count { user: 7 }, Outcome::Counted(3));
    is_explained(&history([counted]).cap(3));
    finds!(
        history([counted]).cap(2),
        Violation::CapExceeded { sessions: 3, .. }
    );
}

#[test]
fn e_07_a_session_may_be_dropped_for_as_many_others_as_the_cap_allows() {
    let two = [
        sign_in(0..10, 7, 1),
        sign_in(11..20, 7, 2),
        invalid(21..30, 1),
    ];
    is_explained(&history(two).cap(1));
    finds!(history(two).cap(2), Violation::Lost { .. });
    finds!(history(two), Violation::Lost { .. });
    // Not for one that had ended before it was made.
    let ended_before = [
        sign_in(0..1, 7, 2),
        sign_out(2..3, 2),
        sign_in(4..10, 7, 1),
        invalid(21..30, 1),
    ];
    finds!(history(ended_before).cap(1), Violation::Lost { .. });
}

#[test]
fn i_06_no_answer_is_right_in_an_outage_only() {
    let unanswered = unknown(valid(20..30, 1, 7));
    let mut history = history([sign_in(0..10, 7, 1), unanswered]);
    is_explained(&history);
    history.outage(40..50);
    finds!(history, Violation::Unanswered(_));
    history.outage(25..26);
    is_explained(&history);
}

#[test]
fn what_cannot_be_written_down_is_found() {
    let mut backwards = sign_in(0..10, 7, 1);
    backwards.start = 11;
    finds!(history([backwards]), Violation::Misrecorded(_));
    let counted = at(0, 0..1, Action::Read { token: 1 }, Outcome::Counted(1));
    finds!(history([counted]), Violation::Misrecorded(_));
    let nothing = Action::SignIn {
        user: 7,
        token: None,
    };
    finds!(
        history([at(0, 0..1, nothing, Outcome::Done)]),
        Violation::Misrecorded(_)
    );
}

#[test]
fn a_violation_says_who_saw_what() {
    let found = history([
        sign_in(0..10, 7, 1),
        sign_out(20..30, 1),
        valid(31..40, 1, 7),
    ])
    .check();
    assert_eq!(
        found.unwrap_err().to_string(),
        "a token was valid after its end: Read { token: 1 } by node 1 from 31 to 40: Valid { user: 7 }; \
         it was ended by SignOut { token: 1 } by node 0 from 20 to 30: Done"
    );
}

/// What compares each operation with each other one would take hours.
#[test]
fn a_long_history_is_checked_in_a_moment() {
    let mut long = History::new().cap(3);
    for token in 0..50_000 {
        let time = 10 * token;
        let user = token % 7;
        long.push(sign_in(time..time + 1, user, token));
        long.push(valid(time + 2..time + 3, token, user));
        let other = token.checked_sub(1);
        long.push(all_out(time + 4..time + 5, user, other));
        long.push(invalid(time + 6..time + 7, token));
    }
    let begun = std::time::Instant::now();
    is_explained(&long);
    assert!(begun.elapsed() < std::time::Duration::from_secs(20));
}
