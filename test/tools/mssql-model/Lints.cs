using Microsoft.SqlServer.TransactSql.ScriptDom;

/// <summary>What the server would do without a word, and a reviewer of T-SQL would stop.</summary>
static class Lints {
  const int Largest = 2000;
  const string Setting = "batch_rows_maximum";

  public static void Check(Sources sources, List<Problem> problems) {
    foreach (var module in sources.Modules) {
      void Say(string kind, TSqlFragment where, string text) => problems.Add(new(kind, module.At(where), text));
      Caught(module, sources, Say);
      Order(module, Say);
      KeyColumns(module, Say);
      Waiting(module, sources, Say);
      Reading(module, sources, Say);
      Names(module, Say);
      Rows(module, Say);
      RowCount(module, Say);
      Whole(module, Say);
      Guard(module, sources, Say);
      Unused(module, Say);
      Dropped(module, sources, Say);
    }
  }

  delegate void Say(string kind, TSqlFragment where, string text);

  /// <summary>
  /// A TRY does not catch an error of recompilation, or of a name that cannot be resolved, at its own level: the
  /// transaction would stay open. https://learn.microsoft.com/en-us/sql/t-sql/language-elements/try-catch-transact-sql
  /// </summary>
  static void Caught(Module module, Sources sources, Say say) {
    var tries = module.Node.All<TryCatchStatement>().ToList();
    if (tries.Count == 0) return;
    foreach (var hint in module.Node.All<OptimizerHint>().Where(one => one.HintKind == OptimizerHintKind.Recompile))
      say("caught", hint, "RECOMPILE at the level of a TRY");
    foreach (var table in tries.SelectMany(one => one.TryStatements.All<NamedTableReference>()))
      if (sources.Product.Contains(table.SchemaObject.Key()))
        say("caught", table, "a table of the product's at the level of a TRY");
  }

  /// <summary>
  /// In which order the assignments of one statement are made is not said, and a sum over rows has none at all.
  /// https://learn.microsoft.com/en-us/sql/t-sql/language-elements/variables-transact-sql
  /// </summary>
  static void Order(Module module, Say say) {
    foreach (var query in module.Node.All<QuerySpecification>()) {
      Compare([.. query.SelectElements.OfType<SelectSetVariable>()
        .Select(one => (one.Variable.Name, one.Expression))], query.FromClause is not null);
    }
    foreach (var update in module.Node.All<UpdateSpecification>())
      Compare([.. update.SetClauses.OfType<AssignmentSetClause>().Where(one => one.Variable is not null)
        .Select(one => (one.Variable.Name, one.NewValue))], true);

    void Compare(List<(string Name, ScalarExpression Value)> set, bool hasRows) {
      foreach (var (name, value) in set)
        foreach (var used in value.All<VariableReference>())
          if (set.Any(other => other.Name == used.Name) && (hasRows || used.Name != name))
            say("order", value, $"{name} is made of {used.Name}, which the same statement sets");
    }
  }

  /// <summary>
  /// The column by which a table is partitioned stands there too, without being one of the key.
  /// https://learn.microsoft.com/en-us/sql/relational-databases/system-catalog-views/sys-index-columns-transact-sql
  /// </summary>
  static void KeyColumns(Module module, Say say) {
    foreach (var query in module.Node.All<QuerySpecification>()) {
      var table = query.FromClause?.All<NamedTableReference>()
        .FirstOrDefault(one => one.SchemaObject.Key() == "[sys].[index_columns]");
      if (table is null) continue;
      var conditions = query.All<BooleanComparisonExpression>().Select(one => one.TextOf()).ToList();
      // The columns of a primary key are all in the key, that by which the table is partitioned too.
      if (!conditions.Any(one => one.EndsWith("key_ordinal > 0") || one.EndsWith("is_primary_key = 1")))
        say("key columns", table, "sys.index_columns is read without key_ordinal > 0");
    }
  }

  /// <summary>Without a limit a session waits for a lock for ever, and others wait behind it.</summary>
  static void Waiting(Module module, Sources sources, Say say) {
    if (module is { IsBatch: true, Within: null }) return;
    foreach (var change in ChangesOf(module, sources)) {
      if (!IsLimited(module, change, sources, []))
        say("waiting", change, "neither this procedure nor each of its callers has SET LOCK_TIMEOUT before");
    }
    foreach (var limit in LimitsOf(module))
      if ((limit.Parameter as IntegerLiteral)?.Value is not { } ms || int.Parse(ms) is < 1 or > 60_000)
        say("waiting", limit, "a lock is waited for longer than a minute");
  }

  static IEnumerable<TSqlFragment> ChangesOf(Module module, Sources sources) => module.Leaves()
    .Where(one => one.Changed().Any(table => sources.Product.Contains(table) || sources.Kept.Contains(table)));

  static IEnumerable<GeneralSetCommand> LimitsOf(Module module) => module.Node.All<SetCommandStatement>()
    .SelectMany(one => one.Commands).OfType<GeneralSetCommand>()
    .Where(one => one.CommandType == GeneralSetCommandType.LockTimeout);

  static bool IsLimited(Module module, TSqlFragment before, Sources sources, HashSet<string> seen) {
    if (LimitsOf(module).Any(one => one.StartOffset < before.StartOffset)) return true;
    if (!seen.Add(module.Name)) return true;
    var callers = sources.Modules
      .SelectMany(one => one.Node.All<ExecuteSpecification>().Select(call => (Module: one, Call: call)))
      .Where(one => module.Within is { } within
        ? one.Module == within && one.Module.At(one.Call) == module.At(module.Node)
        : one.Call.ExecutableEntity.Called()?.Key() == module.Name)
      .ToList();
    return callers.Count > 0 && callers.All(one => IsLimited(one.Module, one.Call, sources, seen));
  }

  /// <summary>
  /// What is not committed, or is passed over, may bound a batch and never decide of a row. Under row versioning a rule
  /// that looks at another table needs a hint, or would not see what came in since the statement began.
  /// </summary>
  static void Reading(Module module, Sources sources, Say say) {
    foreach (var set in module.Node.All<SetTransactionIsolationLevelStatement>())
      if (set.Level != IsolationLevel.ReadCommitted)
        say("reading", set, "the isolation level is another one than READ COMMITTED");
    foreach (var leaf in module.Leaves()) {
      var assigns = leaf is SelectStatement { QueryExpression: QuerySpecification { SelectElements: var elements } }
        && elements.All(one => one is SelectSetVariable);
      foreach (var table in leaf.All<NamedTableReference>()) {
        var isProduct = sources.Product.Contains(table.SchemaObject.Key());
        if (isProduct && !assigns && table.Hints(TableHintKind.NoLock, TableHintKind.ReadUncommitted))
          say("reading", table, "NOLOCK where more than a bound is read");
        if (isProduct && table.Hints(TableHintKind.ReadPast))
          say("reading", table, "READPAST passes over rows of the product's");
      }
      // A list of what may be dead decides nothing: the rule is asked again.
      if (leaf.Target() is not VariableTableReference) continue;
      foreach (var table in leaf.All<ExistsPredicate>().SelectMany(one => one.All<NamedTableReference>()))
        if (sources.Product.Contains(table.SchemaObject.Key()) && !table.Hints(Locking))
          say("reading", table, "a rule looks at a table without a hint such as READCOMMITTEDLOCK");
    }
  }

  static readonly TableHintKind[] Locking = [
    TableHintKind.ReadCommittedLock, TableHintKind.UpdLock, TableHintKind.HoldLock, TableHintKind.Serializable,
    TableHintKind.TabLock, TableHintKind.TabLockX, TableHintKind.XLock,
  ];

  /// <summary>
  /// A name without a schema is looked for in the caller's own first; a system procedure stands in sys.
  /// https://learn.microsoft.com/en-us/sql/relational-databases/stored-procedures/execute-a-stored-procedure
  /// </summary>
  static void Names(Module module, Say say) {
    foreach (var call in module.Node.All<ExecuteSpecification>())
      if (call.ExecutableEntity.Called() is { SchemaIdentifier: null } name)
        say("names", name, $"{name.BaseIdentifier.Value} has no schema");
    foreach (var leaf in module.Leaves()) {
      var aliases = leaf.All<TableReferenceWithAlias>().Select(one => one.Alias?.Value)
        .Concat(leaf.All<CommonTableExpression>().Select(one => one.ExpressionName?.Value)).ToHashSet();
      foreach (var table in leaf.All<NamedTableReference>())
        if (table.SchemaObject.SchemaIdentifier is null && !aliases.Contains(table.SchemaObject.BaseIdentifier.Value))
          say("names", table, $"{table.SchemaObject.BaseIdentifier.Value} has no schema");
    }
  }

  /// <summary>
  /// A statement with 5 000 locks on one index locks the table, and a row takes up to two of them.
  /// https://learn.microsoft.com/en-us/sql/relational-databases/sql-server-transaction-locking-and-row-versioning-guide
  /// </summary>
  static void Rows(Module module, Say say) {
    static bool IsTooLarge(TSqlFragment? value) =>
      value is Literal literal && (!long.TryParse(literal.Value, out var number) || number is < 1 or > Largest);
    foreach (var top in module.Node.All<TopRowFilter>()) {
      var number = top.Expression is ParenthesisExpression p ? p.Expression : top.Expression;
      if (IsTooLarge(number) || top.Percent) say("rows", top, $"more than {Largest} rows in one statement");
      if (number is not VariableReference variable) continue;
      foreach (var set in module.Node.All<SetVariableStatement>().Where(one => one.Variable.Name == variable.Name))
        if (IsTooLarge(set.Expression)) say("rows", set, $"more than {Largest} rows in one statement");
    }
    foreach (var row in module.Node.All<RowValue>())
      if (row.ColumnValues is [StringLiteral { Value: Setting }, StringLiteral value, ..] && IsTooLarge(value))
        say("rows", row, $"more than {Largest} rows by default");
    foreach (var call in module.Node.All<FunctionCall>().Where(one => one.FunctionName.Value == "ISNULL"))
      if (call.Parameters[0].All<StringLiteral>().Any(one => one.Value == Setting) && IsTooLarge(call.Parameters[1]))
        say("rows", call, $"more than {Largest} rows by default");
  }

  /// <summary>@@ROWCOUNT is that of the statement before, whichever that is: even IF and SET reset it.</summary>
  static void RowCount(Module module, Say say) {
    foreach (var list in module.Node.All<StatementList>()) {
      TSqlStatement? before = null;
      foreach (var statement in list.Statements) {
        TSqlFragment? reads = statement switch {
          IfStatement i => i.Predicate,
          SetVariableStatement or SelectStatement or InsertStatement or UpdateStatement => statement,
          _ => null,
        };
        if (reads?.All<GlobalVariableExpression>().Any(one => one.Name == "@@ROWCOUNT") == true
          && before is not (InsertStatement or UpdateStatement or DeleteStatement))
          say("row count", statement, "@@ROWCOUNT does not follow what changes rows");
        before = statement;
      }
    }
  }

  /// <summary>No statement changes all rows of a table that stays, unless the next one fills it anew.</summary>
  static void Whole(Module module, Say say) {
    foreach (var (leaf, next) in module.Node.All<StatementList>().SelectMany(list =>
      list.Statements.Select((one, at) => (one, list.Statements.ElementAtOrDefault(at + 1))))) {
      var (where, from) = leaf switch {
        DeleteStatement d => (d.DeleteSpecification.WhereClause, d.DeleteSpecification.FromClause),
        UpdateStatement u => (u.UpdateSpecification.WhereClause, u.UpdateSpecification.FromClause),
        _ => (null, null),
      };
      var isJoined = from?.All<QualifiedJoin>().Any() == true;
      var isFilled = next is InsertStatement && next.Changed().SequenceEqual(leaf.Changed());
      var isChange = leaf is DeleteStatement or UpdateStatement && leaf.Target() is NamedTableReference;
      if (isChange && where is null && !isJoined && !isFilled)
        say("whole table", leaf, "this changes every row of a table");
      if (leaf is TruncateTableStatement) say("whole table", leaf, "this empties a table");
    }
  }

  /// <summary>
  /// Only a procedure that looks first whether a transaction is open changes a table of the product's: it works in its
  /// caller's, or refuses to and opens one.
  /// </summary>
  static void Guard(Module module, Sources sources, Say say) {
    var change = module.Leaves().FirstOrDefault(one => one.Changed().Any(sources.Product.Contains));
    if (change is null) return;
    var body = (module.Node as ProcedureStatementBody)?.StatementList.Statements;
    if (body is [BeginEndBlockStatement block]) body = block.StatementList.Statements;
    var opens = module.Node.All<BeginTransactionStatement>().Any(one => one.StartOffset < change.StartOffset);
    if (body is not [IfStatement { ThenStatement: ThrowStatement, Predicate: BooleanBinaryExpression first }, ..]
      || first.BinaryExpressionType != BooleanBinaryExpressionType.Or
      || first.FirstExpression.TextOf() != (opens ? "@@TRANCOUNT > 0" : "@@TRANCOUNT = 0"))
      say("guard", change, "a table of the product's is changed without a look at the transaction first");
  }

  /// <summary>
  /// What is given and not used may be a setting without effect, unless it goes by its name, as one that switches a
  /// table on. Every batch is given where a walk ends; one along lists alone has no use for it.
  /// </summary>
  static void Unused(Module module, Say say) {
    var used = module.Uses().Select(one => one.Name).ToHashSet();
    var named = module.Node.All<StringLiteral>().Select(one => $"@{one.Value}").Append("@until").ToHashSet();
    foreach (var (one, _) in module.Declares())
      if (!used.Contains(one.Value) && !named.Contains(one.Value))
        say("unused", one, $"{one.Value} is declared, and not used");
  }

  /// <summary>A model does not look at DROP … IF EXISTS, nor does the server complain of a misspelt name.</summary>
  static void Dropped(Module module, Sources sources, Say say) {
    foreach (var name in module.Node.All<DropObjectsStatement>().SelectMany(one => one.Objects)) {
      if (!sources.Widths.ContainsKey(name.Key()) && !sources.Procedures.ContainsKey(name.Key()))
        say("dropped", name, $"nothing makes {name.Key()}");
      if (sources.Product.Contains(name.Key())) say("dropped", name, "this drops a table of the product's");
    }
  }
}
