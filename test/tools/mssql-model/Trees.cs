using System.Runtime.CompilerServices;
using Microsoft.SqlServer.TransactSql.ScriptDom;

static class Trees {
  class Collector : TSqlFragmentVisitor {
    public readonly List<TSqlFragment> Found = [];
    public override void Visit(TSqlFragment node) => Found.Add(node);
  }

  /// <summary>Every check goes through each module.</summary>
  static readonly ConditionalWeakTable<TSqlFragment, List<TSqlFragment>> Known = [];

  /// <summary>The node and all below it that are of a kind, in their order.</summary>
  public static IEnumerable<T> All<T>(this TSqlFragment node) where T : TSqlFragment =>
    (node is TSqlBatch or ProcedureStatementBodyBase or ViewStatementBody ? Known.GetValue(node, Below) : Below(node))
      .OfType<T>();

  static List<TSqlFragment> Below(TSqlFragment node) {
    var collector = new Collector();
    node.Accept(collector);
    return collector.Found;
  }

  /// <summary>Statements without others in them, and conditions of those that have such.</summary>
  public static IEnumerable<TSqlFragment> Leaves(this Module module) =>
    module.Node.All<TSqlStatement>().SelectMany(Leaf);

  static IEnumerable<TSqlFragment> Leaf(TSqlStatement statement) => statement switch {
    IfStatement i => [i.Predicate],
    WhileStatement w => [w.Predicate],
    BeginEndBlockStatement or TryCatchStatement or ProcedureStatementBody or FunctionStatementBody => [],
    ViewStatementBody v => [v.SelectStatement],
    _ => [statement],
  };

  /// <summary>Variables and parameters of a module, and from where on each is known: behind its statement.</summary>
  public static IEnumerable<(Identifier Name, int From)> Declares(this Module module) =>
    module.Declared.Select(one => (one.VariableName, 0)).Concat(module.Node.All<TSqlStatement>().SelectMany(one => {
      var names = one switch {
        DeclareVariableStatement v => v.Declarations.Select(each => each.VariableName),
        DeclareTableVariableStatement t => [t.Body.VariableName],
        _ => [],
      };
      return names.Select(name => (name, one.StartOffset + one.FragmentLength));
    }));

  /// <summary>Variables where they are used, and not the names of another one's parameters.</summary>
  public static IEnumerable<VariableReference> Uses(this Module module) => module.Node.All<VariableReference>()
    .Except(module.Node.All<ExecuteParameter>().Select(one => one.Variable));

  /// <summary>A name as one text; `dbo` where no schema stands.</summary>
  public static string Key(this SchemaObjectName name) {
    var schema = name.SchemaIdentifier?.Value ?? "dbo";
    if (name.DatabaseIdentifier is { } database) schema = $"{database.Value}.{schema}";
    return $"{Quoted(schema)}.{Quoted(name.BaseIdentifier.Value)}";
  }

  public static string Quoted(string name) => $"[{name.Replace("]", "]]")}]";

  public static SchemaObjectName? Called(this ExecutableEntity entity) =>
    (entity as ExecutableProcedureReference)?.ProcedureReference?.ProcedureReference?.Name;

  public static string? NameOf(this ExecutableEntity entity) => entity.Called()?.BaseIdentifier.Value;

  public static string TextOf(this TSqlFragment node) => string.Concat(
    node.ScriptTokenStream.Skip(node.FirstTokenIndex).Take(node.LastTokenIndex - node.FirstTokenIndex + 1)
      .Select(token => token.Text));

  /// <summary>The table that a statement changes, by name or by the alias that it has there.</summary>
  public static TableReference? Target(this TSqlFragment statement) {
    var (target, from) = statement switch {
      DeleteStatement d => (d.DeleteSpecification.Target, d.DeleteSpecification.FromClause),
      UpdateStatement u => (u.UpdateSpecification.Target, u.UpdateSpecification.FromClause),
      InsertStatement i => (i.InsertSpecification.Target, null),
      _ => (null, null),
    };
    if (target is not NamedTableReference { SchemaObject: { SchemaIdentifier: null } name }) return target;
    return from?.All<TableReferenceWithAlias>().FirstOrDefault(one => one.Alias?.Value == name.BaseIdentifier.Value)
      ?? target;
  }

  /// <summary>Tables that a statement changes, those included that take what it puts out.</summary>
  public static IEnumerable<string> Changed(this TSqlFragment statement) {
    var into = statement.All<OutputIntoClause>().Select(one => one.IntoTable).Append(statement.Target());
    return into.OfType<NamedTableReference>().Select(one => one.SchemaObject.Key());
  }

  public static bool Hints(this NamedTableReference table, params TableHintKind[] kinds) =>
    table.TableHints.Any(hint => kinds.Contains(hint.HintKind));
}
