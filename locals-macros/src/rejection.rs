//! Every reason to reject a handler.

mod declared;

use crate::{
    args::{Args, Kind},
    binding::is_binding,
    diagnostics::{Mistakes, err},
    handler::{Handler, Inputs},
    pattern::bound,
    return_type::is_never,
    tokens::is_named,
};
use declared::reject_declared;
use proc_macro2::{Span, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Error, FnArg, Ident, PatType, ReturnType, Type, TypeReference};

impl Handler {
    /// Everything that is wrong with this handler under these options, as far as they could be read:
    /// where some could not, nothing is said to be missing.
    pub(crate) fn rejection(&self, args: &Args, all_read: bool) -> Option<Error> {
        let mut mistakes = Mistakes::default();
        let Inputs {
            binding, arguments, ..
        } = self.inputs();
        self.reject_attributes(&arguments, args, &mut mistakes);
        self.reject_qualifiers(&mut mistakes);
        match binding {
            Some(binding) => reject_declared(binding, &arguments, args, &mut mistakes),
            None => self.reject_generated(&arguments, args, all_read, &mut mistakes),
        }
        self.reject_parameters(&arguments, &mut mistakes);
        if all_read {
            self.reject_convention(&arguments, args, &mut mistakes);
        }
        mistakes.into_error()
    }

    fn reject_attributes(&self, arguments: &[&PatType], args: &Args, mistakes: &mut Mistakes) {
        const TWICE: &str = "`#[with_locals]` is given twice: put all options into one";
        if let Some(again) = self
            .attrs
            .iter()
            .find(|attr| is_called(attr, "with_locals"))
        {
            mistakes.add(err!(again, "{TWICE}"));
        }
        // The one above is no longer to be seen.
        if arguments
            .iter()
            .any(|argument| is_named(&argument.ty, "WithLocals"))
        {
            mistakes.add(err!(Span::call_site(), "{TWICE}"));
        }
        // The return type of a handler of plain `http` requests stays what it is.
        let tracing = self
            .attrs
            .iter()
            .filter(|attr| is_called(attr, "instrument"));
        for result in tracing
            .filter_map(traced_result)
            .filter(|_| args.http.is_none())
        {
            mistakes.add(err!(
                &result,
                "`{result}` is about what the body returns: \
                 put `#[instrument({result})]` above `#[with_locals]`"
            ));
        }
    }

    fn reject_qualifiers(&self, mistakes: &mut Mistakes) {
        let name = &self.sig.ident;
        if let Some(keyword) = &self.sig.constness {
            mistakes.add(err!(
                keyword,
                "a handler cannot be `const`: write `async fn {name}`"
            ));
        } else if self.is_of_async_trait() {
            mistakes.add(err!(
                name,
                "`#[async_trait]` has rewritten this method: put the handler into an inherent \
                 `impl`, and call it from `{name}`"
            ));
        } else if self.sig.asyncness.is_none() {
            mistakes.add(err!(
                &self.sig.fn_token,
                "a handler is asynchronous: write `async fn {name}`"
            ));
        }
        if let Some(abi) = &self.sig.abi {
            mistakes.add(err!(abi, "a handler has no ABI: write `async fn {name}`"));
        }
        if let Some(variadic) = &self.sig.variadic {
            mistakes.add(err!(
                &variadic.dots,
                "a handler has no variable arguments: take an extractor for each"
            ));
        }
    }

    fn reject_generated(
        &self,
        arguments: &[&PatType],
        args: &Args,
        all_read: bool,
        mistakes: &mut Mistakes,
    ) {
        let binding = self.binding_name(args);
        for argument in arguments {
            if let Some(taken) = bound(&argument.pat, &binding) {
                mistakes.add(err!(
                    taken,
                    "the name `{binding}` is taken by the attribute: call this parameter \
                     otherwise, or the binding with `#[with_locals(name = ctx)]`"
                ));
            }
        }
        if let Some(redirect) = &args.redirect
            && all_read
            && !matches!(args.kind, Some(Kind::Required(..)))
        {
            mistakes.add(err!(
                &redirect.key,
                "`redirect` is for handlers that need a session: write `required` beside it"
            ));
        }
    }

    fn reject_parameters(&self, arguments: &[&PatType], mistakes: &mut Mistakes) {
        for argument in arguments {
            if is_binding(argument) {
                mistakes.add(err!(
                    *argument,
                    "a handler has one `Locals`: remove this parameter"
                ));
            }
        }
        for attr in self.sig.inputs.iter().flat_map(attributes) {
            if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
                mistakes.add(err!(
                    attr,
                    "a parameter of a handler cannot depend on `cfg`: \
                     write the handler twice, each under its `#[cfg(..)]`"
                ));
            } else if attr.path().is_ident("doc") {
                mistakes.add(err!(
                    attr,
                    "a parameter has no documentation: write a `//` comment"
                ));
            }
        }
    }

    fn reject_convention(&self, arguments: &[&PatType], args: &Args, mistakes: &mut Mistakes) {
        let Some(http) = &args.http else {
            reject_references(arguments, mistakes);
            if let Some(auth) = &args.auth {
                mistakes.add(err!(
                    &auth.key,
                    "`auth` is for handlers of plain `http` requests: write `http` beside \
                     it, or remove it where a web framework calls the handler"
                ));
            }
            return;
        };
        if args.auth.is_none() {
            mistakes.add(err!(
                http,
                "`http` needs to know where the sessions are: \
                 write `auth = state.auth` beside it, or another path to the `Auth`"
            ));
        }
        if arguments.iter().all(|argument| is_binding(argument)) {
            mistakes.add(err!(
                self.sig.paren_token.span.join(),
                "the request is missing: \
                 take it as the first parameter, `request: http::Request<B>`"
            ));
        }
        let no_response: Option<&dyn ToTokens> = match &self.sig.output {
            ReturnType::Default => Some(&self.sig.ident),
            ReturnType::Type(_, ty) if is_never(ty) => Some(ty),
            ReturnType::Type(..) => None,
        };
        if let Some(place) = no_response {
            mistakes.add(err!(
                place,
                "a handler of plain `http` requests returns an `http::Response<B>`, \
                 or a `Result` with one"
            ));
        }
    }
}

/// A framework makes what a handler is called with, and keeps none of it: only a binding under another name would be
/// borrowed.
fn reject_references(arguments: &[&PatType], mistakes: &mut Mistakes) {
    for argument in arguments.iter().filter(|argument| !is_binding(argument)) {
        if let Type::Reference(TypeReference { lifetime: None, .. }) = &*argument.ty {
            mistakes.add(err!(
                &argument.ty,
                "no extractor is a reference: take the argument by value, or write `#[locals]` before it if this \
                 is the binding"
            ));
        }
    }
}

fn is_called(attr: &Attribute, name: &str) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|last| last.ident == name)
}

/// The option `err` or `ret` of `#[instrument(skip_all, err)]`.
fn traced_result(attr: &Attribute) -> Option<Ident> {
    let mut is_option = true;
    for token in attr.meta.require_list().ok()?.tokens.clone() {
        match token {
            TokenTree::Ident(option) if is_option && (option == "err" || option == "ret") => {
                return Some(option);
            }
            token => is_option = matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','),
        }
    }
    None
}

fn attributes(input: &FnArg) -> &[Attribute] {
    match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(typed) => &typed.attrs,
    }
}
