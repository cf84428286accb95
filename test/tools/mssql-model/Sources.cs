using Microsoft.SqlServer.TransactSql.ScriptDom;

/// <summary>A procedure, a view, a batch of a script, a query, or a text that is put together at run.</summary>
/// <param name="Parameters">Of what a server is given without a CREATE: what its caller gives.</param>
/// <param name="Line">That of the file in which the text begins.</param>
/// <param name="Within">The module that puts the text together.</param>
record Module(
  string Name, string File, int Line, TSqlFragment Node, IList<ProcedureParameter> Declared, string? Parameters = null,
  Module? Within = null) {
  public int LineOf(TSqlFragment node) => Line + node.StartLine - 1;
  public string At(TSqlFragment node) => $"{File}:{LineOf(node)}";
  public bool IsBatch => Node is TSqlBatch;
}

/// <summary>What was parsed, apart: tables, which are made, and modules, which do something.</summary>
class Sources {
  static readonly TSqlParser[] Parsers = [
    new TSql130Parser(true), new TSql140Parser(true), new TSql150Parser(true), new TSql160Parser(true),
    new TSql170Parser(true),
  ];
  /// <summary>What was read, of this request or another one: most texts come again.</summary>
  static readonly Dictionary<string, List<(string Parser, TSqlScript Tree, IList<ParseError> Errors)>> Known = [];
  static readonly TSqlScript System = Parse("system.sql", Resource("system.sql"), [])!;

  public readonly List<(string File, TSqlStatement Statement)> Definitions = [];
  public readonly List<Module> Modules = [];
  /// <summary>Tables of the product, and those that keep what is deleted from it.</summary>
  public readonly HashSet<string> Product = [], Kept = [];
  /// <summary>Columns of each table, as many as it has.</summary>
  public readonly Dictionary<string, int> Widths = [];
  public readonly Dictionary<string, Module> Procedures = [];
  int texts, batches, statements, putTogether;
  public Figures Figures => new(texts, batches, statements, Modules.Count, putTogether);

  public Sources(Request request, List<Problem> problems) {
    foreach (var batch in System.Batches) Take("system.sql", batch, null);
    foreach (var module in Modules) Procedures[module.Name] = module;
    Modules.Clear();
    Read(request.Tables, problems);
    foreach (var file in request.Files) Read(file, problems);
    foreach (var (file, statement) in Definitions) {
      if (statement is not CreateTableStatement { SchemaObjectName: var name } table) continue;
      Widths[name.Key()] = table.Definition.ColumnDefinitions.Count;
      if (file == request.Tables.Name) Product.Add(name.Key());
      if (request.Kept.Contains(name.BaseIdentifier.Value)) Kept.Add(name.Key());
    }
    foreach (var module in Modules.ToList()) Unfold(module, request.Kept[0], problems);
    foreach (var module in Modules) Procedures[module.Name] = module;
  }

  void Read(Text text, List<Problem> problems) {
    texts++;
    var script = Parse(text.Name, text.Sql, problems);
    if (script is null) return;
    batches += script.Batches.Count;
    statements += script.All<TSqlStatement>().Count();
    foreach (var batch in script.Batches) Take(text.Name, batch, text.Parameters);
  }

  /// <summary>By each of the parsers; the tree is that of the oldest. None if any of them refuses it.</summary>
  static TSqlScript? Parse(string name, string sql, List<Problem> problems) {
    if (!Known.TryGetValue(sql, out var read))
      Known[sql] = read = [.. Parsers.AsParallel().AsOrdered().Select(parser => {
        var tree = (TSqlScript)parser.Parse(new StringReader(sql), out var errors);
        return (parser.GetType().Name, tree, errors);
      })];
    foreach (var (parser, _, errors) in read)
      foreach (var e in errors) problems.Add(new("parse", $"{name}:{e.Line}", $"{parser}: {e.Message}"));
    return read.All(one => one.Errors.Count == 0) ? read[0].Tree : null;
  }

  void Take(string file, TSqlBatch batch, string? parameters) {
    var made = batch.Statements.SelectMany(Made).ToList();
    Definitions.AddRange(made.Select(one => (file, one)));
    if (made.Count > 0 || batch.Statements.All(one => one is PredicateSetStatement)) return;
    var script = $"[script].{Trees.Quoted($"{file}:{batch.StartLine}")}";
    Modules.Add(batch.Statements[0] switch {
      ProcedureStatementBody p => new(p.ProcedureReference.Name.Key(), file, 1, p, p.Parameters),
      ViewStatementBody v => new(v.SchemaObjectName.Key(), file, 1, v, []),
      FunctionStatementBody f => new(f.Name.Key(), file, 1, f, f.Parameters),
      _ => new(script, file, 1, batch, Declared(parameters), parameters),
    });
  }

  /// <summary>What a statement makes: IF OBJECT_ID(…) IS NULL stands before a table of ours.</summary>
  static IEnumerable<TSqlStatement> Made(TSqlStatement statement) => statement switch {
    CreateTableStatement or CreateIndexStatement or CreateSchemaStatement => [statement],
    AlterTableAddTableElementStatement a when a.Definition.TableConstraints.Count > 0
      && a.Definition.TableConstraints[0] is ForeignKeyConstraintDefinition => [statement],
    IfStatement { ElseStatement: null } i => Made(i.ThenStatement),
    _ => [],
  };

  static IList<ProcedureParameter> Declared(string? parameters) {
    var script = Parse("", $"CREATE PROCEDURE p {parameters} AS RETURN;", []);
    return script?.Batches[0].Statements[0] is ProcedureStatementBody p ? p.Parameters : [];
  }

  /// <summary>What a module has the server read at run, as a module of its own.</summary>
  void Unfold(Module module, string anyTable, List<Problem> problems) {
    foreach (var call in module.Node.All<ExecuteSpecification>()) {
      if (call.ExecutableEntity is not ExecutableProcedureReference { Parameters: var given } entity) continue;
      var text = entity.NameOf() switch {
        "sp_executesql" => given.ElementAtOrDefault(0),
        "sp_add_jobstep" => given.FirstOrDefault(one => one.Variable?.Name == "@command"),
        _ => null,
      };
      if (text is null) continue;
      var place = module.At(call);
      // A step of a job has no parameters.
      var parameters = text == given[0] ? (given.ElementAtOrDefault(1)?.ParameterValue as StringLiteral)?.Value : null;
      var folded = PutTogether.Texts(module, text.ParameterValue, anyTable).ToList();
      if (folded.Count == 0 || folded.Contains(null))
        problems.Add(new("put together", place, "nobody can tell what this executes"));
      foreach (var sql in folded.OfType<string>()) {
        var name = $"[put together].{Trees.Quoted($"{place} {++putTogether}")}";
        foreach (var batch in Parse(place, sql, problems)?.Batches ?? [])
          Modules.Add(new(name, module.File, module.LineOf(call), batch, Declared(parameters), parameters, module));
      }
    }
  }

  static string Resource(string name) {
    using var reader = new StreamReader(typeof(Sources).Assembly.GetManifestResourceStream(name)!);
    return reader.ReadToEnd();
  }
}
