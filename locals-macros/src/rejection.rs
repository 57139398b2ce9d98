//! Every reason to reject a handler.

use crate::{
    args::{Args, Kind},
    diagnostics::Mistakes,
    handler::{Handler, Inputs, is_binding, is_locals_attribute, is_named, opaque, reference},
    output::is_never,
    pattern::bound,
    typed::as_typed,
};
use proc_macro2::{Span, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Error, FnArg, Ident, Pat, PatType, ReturnType, Type};

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
            self.reject_form(&arguments, args, &mut mistakes);
        }
        mistakes.into_error()
    }

    fn reject_attributes(&self, arguments: &[&PatType], args: &Args, mistakes: &mut Mistakes) {
        let message = "`#[with_locals]` is given twice: put all options into one";
        if let Some(again) = self
            .attrs
            .iter()
            .find(|attr| is_called(attr, "with_locals"))
        {
            mistakes.reject(again, message);
        }
        // The one above is no longer to be seen.
        if arguments
            .iter()
            .any(|argument| is_named(&argument.ty, "WithLocals"))
        {
            mistakes.add(Error::new(Span::call_site(), message));
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
            let message = format!(
                "`{result}` is about what the body returns: \
                 put `#[instrument({result})]` above `#[with_locals]`"
            );
            mistakes.reject(result, message);
        }
    }

    fn reject_qualifiers(&self, mistakes: &mut Mistakes) {
        let name = &self.sig.ident;
        if let Some(keyword) = &self.sig.constness {
            let message = format!("a handler cannot be `const`: write `async fn {name}`");
            mistakes.reject(keyword, message);
        } else if self.is_of_async_trait() {
            let message = format!(
                "`#[async_trait]` has rewritten this method: put the handler into an inherent \
                 `impl`, and call it from `{name}`"
            );
            mistakes.reject(name, message);
        } else if self.sig.asyncness.is_none() {
            let message = format!("a handler is asynchronous: write `async fn {name}`");
            mistakes.reject(self.sig.fn_token, message);
        }
        if let Some(abi) = &self.sig.abi {
            let message = format!("a handler has no ABI: write `async fn {name}`");
            mistakes.reject(abi, message);
        }
        if let Some(variadic) = &self.sig.variadic {
            let message = "a handler has no variable arguments: take an extractor for each";
            mistakes.reject(variadic.dots, message);
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
                let message = format!(
                    "the name `{binding}` is taken by the attribute: call this parameter \
                     otherwise, or the binding with `#[with_locals(name = ctx)]`"
                );
                mistakes.reject(taken, message);
            }
        }
        if let Some(redirect) = &args.redirect
            && all_read
            && !matches!(args.kind, Some(Kind::Required(..)))
        {
            let message = "`redirect` is for handlers that need a session: \
                           write `required` beside it";
            mistakes.reject(&redirect.key, message);
        }
    }

    fn reject_parameters(&self, arguments: &[&PatType], mistakes: &mut Mistakes) {
        for argument in arguments {
            if is_binding(argument) {
                let message = "a handler has one `Locals`: remove this parameter";
                mistakes.reject(argument, message);
            }
        }
        for attr in self.sig.inputs.iter().flat_map(attributes) {
            if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
                let message = "a parameter of a handler cannot depend on `cfg`: \
                               write the handler twice, each under its `#[cfg(..)]`";
                mistakes.reject(attr, message);
            } else if attr.path().is_ident("doc") {
                let message = "a parameter has no documentation: write a `//` comment";
                mistakes.reject(attr, message);
            }
        }
    }

    fn reject_form(&self, arguments: &[&PatType], args: &Args, mistakes: &mut Mistakes) {
        let Some(http) = &args.http else {
            if let Some(auth) = &args.auth {
                let message = "`auth` is for handlers of plain `http` requests: write `http` beside \
                               it, or remove it where a web framework calls the handler";
                mistakes.reject(&auth.key, message);
            }
            return;
        };
        let name = &self.sig.ident;
        if args.auth.is_none() {
            let message = "`http` needs to know where the sessions are: \
                           write `auth = state.auth` beside it, or another path to the `Auth`";
            mistakes.reject(http, message);
        }
        if arguments.iter().all(|argument| is_binding(argument)) {
            let message = "the request is missing: \
                           take it as the first parameter, `request: http::Request<B>`";
            mistakes.add(Error::new(self.sig.paren_token.span.join(), message));
        }
        let message = "a handler of plain `http` requests returns an `http::Response<B>`, \
                       or a `Result` with one";
        match &self.sig.output {
            ReturnType::Default => mistakes.reject(name, message),
            ReturnType::Type(_, ty) if is_never(ty) => mistakes.reject(ty, message),
            ReturnType::Type(..) => {}
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

fn reject_declared(
    binding: &PatType,
    arguments: &[&PatType],
    args: &Args,
    mistakes: &mut Mistakes,
) {
    if let Pat::Ident(declared) = &*binding.pat {
        for again in arguments
            .iter()
            .filter_map(|argument| bound(&argument.pat, &declared.ident))
        {
            let message = format!("two parameters are called `{again}`: call this one otherwise");
            mistakes.reject(again, message);
        }
    }
    if let Some((place, message)) = misdeclared(binding) {
        mistakes.reject(place, message);
    }
    if let Some(opaque) = opaque(binding) {
        let message = "the type of the locals is written in full: \
                       `&Locals<Account, Required>`, without `impl`";
        mistakes.reject(opaque, message);
    }
    for (key, source) in [
        (args.user.as_ref().map(|user| &user.key), "user"),
        (args.kind.as_ref().map(Kind::key), "kind"),
        (args.name.as_ref().map(|name| &name.key), "name"),
    ] {
        if let Some(key) = key {
            let message = format!(
                "`{key}` beside a declared binding: its {source} comes from the parameter, \
                 so remove `{key}` here, or remove the parameter"
            );
            mistakes.reject(key, message);
        }
    }
}

fn misdeclared(binding: &PatType) -> Option<(&dyn ToTokens, String)> {
    let with_options = binding
        .attrs
        .iter()
        .find(|attr| is_locals_attribute(attr) && !matches!(attr.meta, syn::Meta::Path(_)));
    if let Some(attr) = with_options {
        let message = "`#[locals]` takes no options: they come from the parameter's type";
        return Some((attr, message.to_owned()));
    }
    let Some(reference) = reference(binding) else {
        return Some((&binding.ty, by_reference(&binding.ty)));
    };
    if let Some(mutability) = &reference.mutability {
        let message = "take the locals by shared reference: `&Locals<..>`; \
                       `set_session` and the others need no `mut`";
        return Some((mutability, message.to_owned()));
    }
    match &*binding.pat {
        Pat::Ident(_) | Pat::Wild(_) => None,
        other => Some((
            other,
            "give the locals a plain name: `locals: &Locals<..>`".to_owned(),
        )),
    }
}

fn by_reference(ty: &Type) -> String {
    let typed = as_typed(ty);
    let typed = match ty {
        Type::TraitObject(object) if object.bounds.len() > 1 => format!("({typed})"),
        _ => typed,
    };
    let hint = if typed == "Locals" {
        "; an extractor of your own that is called so is known by its path, `i18n::Locals`, or by being \
         taken apart, `Locals(language): Locals`"
    } else {
        ""
    };
    format!("take the locals by reference: `&{typed}`{hint}")
}

fn attributes(input: &FnArg) -> &[Attribute] {
    match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(typed) => &typed.attrs,
    }
}
