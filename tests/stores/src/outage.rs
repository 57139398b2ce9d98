//! A store while its server is away, or the line to it (checklist I-04 to I-10, L-03): an outage within the deadline,
//! never a wrong answer, and everything as before within two seconds.
//!
//! `outage!` makes tests of it for a [`Place`](crate::rig::Place), `limits!` those of a place whose server is
//! [`Limited`](crate::rig::Limited), `apart!` those of a server that has [users](crate::rig::KeepsUsers) for sessions
//! elsewhere.

#![allow(missing_docs, reason = "a test is called after what it shows")]

pub mod apart;
pub mod connections;
pub mod cuts;
pub mod limits;
pub mod lines;
pub mod runtimes;
pub mod servers;

/// Tests of a store that is asked over a network, each in a module of its subject.
#[macro_export]
macro_rules! outage {
    ($place:ty) => {
        mod lines {
            use $crate::outage::lines as suite;
            $crate::tests! { suite on $place;
                i_04_what_is_asked_gets_lost,
                i_04_answers_get_lost,
                i_04_everything_gets_lost,
                i_04_new_connections_are_not_answered,
                i_06_new_connections_are_refused,
                i_04_answers_are_later_than_the_deadline,
                i_04_answers_come_byte_by_byte,
                a_delay_below_the_deadline_is_no_outage,
                i_06_connections_that_fell_silent_are_replaced,
                i_06_a_silent_connection_is_given_up_after_two_answers_that_did_not_come,
                i_06_a_connection_that_falls_silent_before_it_is_ready_is_replaced,
                i_06_a_half_closed_connection_is_replaced,
                i_06_connections_that_are_cut_are_replaced,
                i_06_connections_that_are_cut_fail_one_request_each,
                l_03_no_answer_is_wrong_while_connections_die,
            }
        }

        mod connections {
            use $crate::outage::connections as suite;
            $crate::tests! { suite on <$place as $crate::rig::Place>::Server;
                l_03_connections_that_are_killed_fail_one_request_each,
                i_06_connections_that_are_killed_are_replaced,
                i_06_no_answer_is_wrong_while_connections_are_killed,
            }
        }

        mod cuts {
            use $crate::outage::cuts as suite;
            $crate::tests! { suite on $place;
                i_07_a_sign_in_is_whole_wherever_its_reply_is_cut,
                i_07_a_sign_in_is_whole_wherever_it_is_cut,
                i_07_a_sign_in_that_is_not_answered_took_place,
                i_07_a_sign_out_that_is_not_answered_can_be_repeated,
                i_06_a_read_whose_answer_is_cut_is_asked_again,
            }
        }

        mod servers {
            use $crate::outage::servers as suite;
            $crate::tests! { suite on <$place as $crate::rig::Place>::Server;
                i_06_a_server_that_is_killed_is_away_until_it_is_back,
                i_04_a_server_that_is_paused_is_away_until_it_goes_on,
                a_pause_below_the_deadline_is_no_outage,
                i_06_no_answer_is_wrong_while_a_server_restarts,
                i_06_a_server_that_restarts_has_lost_nobody,
                i_05_a_crowd_before_a_server_that_is_gone_is_told_at_once,
                nobody_starts_on_a_server_that_is_not_there,
            }
        }

        mod runtimes {
            use $crate::outage::runtimes as suite;
            $crate::tests! { plain suite on $place;
                another_runtime_may_ask,
                a_runtime_of_one_thread_serves_itself,
                a_runtime_that_has_ended_is_named,
                a_store_is_connected_in_a_runtime,
            }
        }
    };
}

/// Tests of a store whose server may be read-only, or have no connection to spare.
#[macro_export]
macro_rules! limits {
    ($place:ty) => {
        mod limits {
            use $crate::outage::limits as suite;
            $crate::tests! { suite on <$place as $crate::rig::Place>::Server;
                l_03_a_read_only_server_serves_reads,
                l_03_a_program_starts_on_a_read_only_server,
                i_05_a_server_without_a_connection_to_spare_is_away,
            }
        }
    };
}

/// Tests of sessions in Redis and users on a server of this type.
#[macro_export]
macro_rules! apart {
    ($server:ty) => {
        use $crate::outage::apart as suite;
        $crate::tests! { suite on $server;
            i_01_users_who_are_away_are_an_outage_until_they_are_back,
            i_01_sessions_that_are_away_are_an_outage_until_they_are_back,
            i_04_users_who_say_nothing_are_given_up_at_the_deadline,
            users_alone_are_asked_by_the_connections_that_read,
            the_connections_that_write_are_there_before_anybody_signs_in,
        }
    };
}
