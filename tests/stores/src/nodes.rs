//! Two nodes: two stores with connections of their own, of one place, are as one.
//!
//! `nodes!` makes tests of it for a [`Place`](crate::rig::Place).

#![allow(missing_docs, reason = "a test is called after what it shows")]

pub mod history;
pub mod sessions;

/// Tests of a store that several machines share, each in a module of its subject.
#[macro_export]
macro_rules! nodes {
    ($place:ty) => {
        mod sessions {
            use $crate::nodes::sessions as suite;
            $crate::tests! { suite on $place;
                j_01_who_signs_out_on_one_node_is_signed_out_on_the_other,
                e_05_who_signs_out_everywhere_is_signed_out_on_every_node,
                j_03_an_idle_session_is_renewed_once_by_a_hundred_requests_on_two_nodes,
                e_07_the_cap_is_exact_over_two_nodes,
            }
        }

        mod history {
            use $crate::nodes::history as suite;
            $crate::tests! { suite on <$place as $crate::rig::Place>::Server;
                j_01_what_clients_saw_of_two_nodes_in_trouble_can_be_explained,
            }
        }
    };
}
