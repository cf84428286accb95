using Microsoft.SqlServer.Dac.CodeAnalysis;
using Microsoft.SqlServer.Dac.Extensibility;
using Microsoft.SqlServer.Dac.Model;
using Microsoft.SqlServer.TransactSql.ScriptDom;

/// <summary>
/// A model of a database in a collation that tells upper from lower case: what is bound there, and neither warned of
/// nor refused, is bound in every collation.
/// </summary>
sealed class Binding : IDisposable {
  static readonly TSqlObjectOptions Settings = new() { AnsiNulls = true, QuotedIdentifier = true };
  readonly TSqlModel model;
  readonly List<Problem> problems;
  int added;

  public Binding(Sources sources, string server, List<Problem> problems) {
    this.problems = problems;
    model = new(Enum.Parse<SqlServerVersion>(server), new() { Collation = "Latin1_General_100_CS_AS" });
    foreach (var schema in new[] { "script", "put together", "variable" }.Concat(SchemasOf(sources)).Distinct())
      Add("", $"CREATE SCHEMA {Trees.Quoted(schema)};");
    foreach (var (file, statement) in sources.Definitions) Add(file, statement.TextOf());
    foreach (var module in sources.Procedures.Values) {
      var declared = module.Declares().ToList();
      var unknown = module.Uses()
        .Where(use => !declared.Any(one => one.Name.Value == use.Name && one.From <= use.StartOffset)).ToList();
      foreach (var one in unknown) problems.Add(new("bind", module.At(one), $"{one.Name} is not declared"));
      // With such a module a model would take nothing else.
      if (unknown.Count == 0) Add(module);
    }
    var files = sources.Modules.ToDictionary(one => one.Name, one => one.File);
    foreach (var message in model.Validate()) {
      var says = Short(message.ToString());
      var element = says.Split("Error validating element ", 2)[^1].Split(": ")[0];
      problems.Add(new("bind", files.GetValueOrDefault(element, ""), says));
    }
  }

  static IEnumerable<string> SchemasOf(Sources sources) => sources.Definitions
    .Select(one => one.Statement).OfType<CreateTableStatement>()
    .Select(one => one.SchemaObjectName.SchemaIdentifier?.Value ?? "dbo")
    .Where(one => one is not ("dbo" or "sys" or "INFORMATION_SCHEMA" or "msdb.dbo"));

  void Add(Module module) {
    // The name of a constraint that the server has chosen stands in no file.
    if (module.Node is TSqlBatch { Statements: [AlterTableDropTableElementStatement] }) return;
    var edits = new Edits(module.Node);
    // A model knows no columns of a variable that has another name in a query: it is a table here.
    foreach (var table in module.Node.All<DeclareTableVariableBody>())
      Add(module.File, $"CREATE TABLE {Named(module, table.VariableName.Value)} ({table.Definition.TextOf()});");
    foreach (var table in module.Node.All<VariableTableReference>())
      edits.Replace(table.Variable, Named(module, table.Variable.Name));
    foreach (var name in module.Node.All<SchemaObjectName>().Where(one => one.DatabaseIdentifier is not null))
      edits.Replace(name.DatabaseIdentifier, name.SchemaIdentifier,
        Trees.Quoted($"{name.DatabaseIdentifier.Value}.{name.SchemaIdentifier.Value}"));
    edits.WithoutOrAlter();
    var text = new string('\n', module.Line + module.Node.StartLine - 2) + edits;
    Add(module.File, module.IsBatch
      ? $"CREATE PROCEDURE {module.Name} {module.Parameters} AS BEGIN {text}\nEND;"
      : text);
  }

  static string Named(Module module, string variable) => $"[variable].{Trees.Quoted($"{module.Name} {variable}")}";

  void Add(string file, string sql) {
    try {
      model.AddOrUpdateObjects(sql, $"{file}?{++added}", Settings);
    } catch (DacModelException e) {
      problems.Add(new("bind", file, Short(e.Message)));
    }
  }

  static string Short(string message) => message.ReplaceLineEndings(" ").Trim();

  public IReadOnlyList<Problem> Analyse() {
    var result = new CodeAnalysisServiceFactory().CreateAnalysisService(model).Analyze(model);
    foreach (var error in (IEnumerable<ExtensibilityError>)
      [.. result.InitializationErrors, .. result.AnalysisErrors, .. result.SuppressionErrors])
      problems.Add(new("analysis", "", error.Message));
    return [.. result.Problems.Where(one => !IsOurs(one)).Select(one => new Problem(one.RuleId.Split('.')[^1],
      $"{one.SourceName.Split('?')[0]}:{one.StartLine}", one.Description))];
  }

  /// <summary>About what stands here for the server, and about names that are given here.</summary>
  static bool IsOurs(SqlRuleProblem problem) => problem.SourceName.StartsWith("system.sql?")
    || problem.RuleId.EndsWith("SR0011") && (problem.SourceName.StartsWith('?')
      || problem.ModelElement.Name.Parts[0] is "script" or "put together" or "variable");

  public void Dispose() => model.Dispose();
}

/// <summary>A part of a text with some of its tokens replaced.</summary>
class Edits(TSqlFragment node) {
  readonly Dictionary<int, string> replaced = [];

  public void Replace(TSqlFragment part, string by) => Replace(part, part, by);

  public void Replace(TSqlFragment first, TSqlFragment last, string by) {
    for (var at = first.FirstTokenIndex; at <= last.LastTokenIndex; at++) replaced[at] = "";
    replaced[first.FirstTokenIndex] = by;
  }

  /// <summary>A model takes CREATE alone.</summary>
  public void WithoutOrAlter() {
    if (node is not (CreateOrAlterProcedureStatement or CreateOrAlterViewStatement)) return;
    var stream = node.ScriptTokenStream;
    foreach (var type in new[] { TSqlTokenType.Or, TSqlTokenType.Alter })
      replaced[Enumerable.Range(node.FirstTokenIndex, 10).First(at => stream[at].TokenType == type)] = "";
  }

  public override string ToString() => string.Concat(Enumerable
    .Range(node.FirstTokenIndex, node.LastTokenIndex - node.FirstTokenIndex + 1)
    .Select(at => replaced.TryGetValue(at, out var by) ? by : node.ScriptTokenStream[at].Text));
}
