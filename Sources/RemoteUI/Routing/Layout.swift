import Machine

/// What the frame of every page shows: `layout.…` in the templates.
///
/// Names: `language` `title` `product` `device` `location` `token` `path` `user` `isSystemManager` `isSignedIn`
/// `instance` `refresh`; `languages` (list of `code` `name` `current`); `menu` (`start`, `groups`: list of `name`,
/// `items`: list of `name` `href` `current`); `breadcrumb` (`items`: list of `name` `href`); `restart` (`allowed`,
/// `reasons`: list of texts); `flash` (`kind` `message`). What is not there is false.
struct Layout: Sendable {
    static let shape: TemplateShape = [
        "language": .text, "title": .text, "product": .text, "device": .text, "location": .text, "token": .text,
        "path": .text, "user": .text, "isSystemManager": .flag, "isSignedIn": .flag, "instance": .text,
        "refresh": .text,
        "languages": .list(["code": .text, "name": .text, "current": .flag]),
        "menu": [
            "start": .flag,
            "groups": .list(["name": .text, "items": .list(["name": .text, "href": .text, "current": .flag])]),
        ],
        "breadcrumb": ["items": .list(["name": .text, "href": .text])],
        "restart": ["allowed": .flag, "reasons": .list(.text)],
        "flash": ["kind": .text, "message": .text],
    ]

    /// The catalogue texts that the frame needs beside those in its templates.
    static let texts = [
        "settings.title", "role.system-manager", "role.general-user", "role.general-user-unnamed",
    ]

    let facts: MachineFacts
    let catalogue: Catalogue
    let menu: Menu
    /// Says which process this is: a page that waits for a restart sees it change.
    let instance: String
    let visitor: Visitor
    /// The page's own path and query; nil if the page cannot be asked for again by GET.
    let path: String?

    /// The values for one page. Takes the session's flash.
    func values(for page: any PageModel) -> TemplateValue {
        let text = catalogue[visitor.language]
        return [
            "language": .text(visitor.language.code),
            "title": .text(page.title(text)),
            "product": .text(facts.device.productName),
            "device": .text(facts.device.deviceName),
            "location": .text(facts.device.location),
            "token": .text(visitor.token ?? ""),
            "path": .text(path ?? "/"),
            "user": user(text),
            "isSystemManager": .flag(visitor.session?.role.isSystemManager ?? false),
            "isSignedIn": .flag(visitor.session != nil),
            "instance": .text(instance),
            "refresh": page.refresh.map { .text($0.content) } ?? false,
            "languages": .list(catalogue.languages.map(languageValue)),
            "menu": menuValue(page, text),
            "breadcrumb": breadcrumb(page, text),
            "restart": restart(text),
            "flash": flash(text),
        ]
    }

    private func user(_ text: Texts) -> TemplateValue {
        switch visitor.session?.role {
        case .systemManager(let id): .text(text("role.system-manager", id))
        case .generalUser(let name?): .text(text("role.general-user", name))
        case .generalUser(nil): .text(text("role.general-user-unnamed"))
        case nil: false
        }
    }

    private func languageValue(_ language: Language) -> TemplateValue {
        [
            "code": .text(language.code), "name": .text(catalogue[language]("language.\(language.code)")),
            "current": .flag(language == visitor.language),
        ]
    }

    private func menuValue(_ page: any PageModel, _ text: Texts) -> TemplateValue {
        guard let current = page.menuItem, visitor.session?.role.isSystemManager == true else { return false }
        let groups = menu.groups.map { group -> TemplateValue in
            let items = group.items.map { item -> TemplateValue in
                ["name": .text(text(item.key)), "href": .text(item.path), "current": .flag(item.path == current)]
            }
            return ["name": .text(text(group.key)), "items": .list(items)]
        }
        return ["start": .flag(current == "/settings"), "groups": .list(groups)]
    }

    /// Settings/Registration: group > item > crumbs > this page. The group is a name without a page of its own.
    private func breadcrumb(_ page: any PageModel, _ text: Texts) -> TemplateValue {
        guard let current = page.menuItem, visitor.session?.role.isSystemManager == true else { return false }
        let title = page.title(text)
        var items = [Crumb(text("settings.title"), "/settings")]
        if let (_, item) = menu.find(current) { items.append(Crumb(text(item.key), item.path)) }
        items += page.crumbs
        // The last crumb of a menu entry's own page is the page itself.
        if items.last?.label == title { items.removeLast() }
        let steps = items.map { ["name": .text($0.label), "href": .text($0.path)] as TemplateValue }
        return ["items": .list(steps + [["name": .text(title), "href": false]])]
    }

    private func restart(_ text: Texts) -> TemplateValue {
        guard !facts.pendingRestart.isEmpty, let session = visitor.session else { return false }
        let reasons = facts.pendingRestart.flatMap { $0.lines(text) }.map(TemplateValue.text)
        return ["allowed": .flag(session.role.isSystemManager), "reasons": .list(reasons)]
    }

    private func flash(_ text: Texts) -> TemplateValue {
        guard let flash = visitor.session?.takeFlash() else { return false }
        return ["kind": .text(flash.kind.rawValue), "message": .text(text.fill(flash.key, flash.arguments))]
    }
}
