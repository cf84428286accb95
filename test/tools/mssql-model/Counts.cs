using Microsoft.SqlServer.TransactSql.ScriptDom;

/// <summary>As many values as columns, which a model does not count.</summary>
static class Counts {
  public static void Check(Sources sources, List<Problem> problems) {
    foreach (var module in sources.Modules) {
      var widths = new Dictionary<string, int>(sources.Widths);
      foreach (var table in module.Node.All<DeclareTableVariableStatement>())
        widths[table.Body.VariableName.Value] = table.Body.Definition.ColumnDefinitions.Count;

      void Compare(TSqlFragment where, int? columns, int? values) {
        if (columns is not null && values is not null && columns != values)
          problems.Add(new("count", module.At(where), $"{values} values for {columns} columns"));
      }
      int? Room(TableReference target, IList<ColumnReferenceExpression> columns) =>
        columns.Count > 0 ? columns.Count : target switch {
          VariableTableReference v => widths.TryGetValue(v.Variable.Name, out var width) ? width : null,
          NamedTableReference t => widths.TryGetValue(t.SchemaObject.Key(), out var width) ? width : null,
          _ => null,
        };

      foreach (var insert in module.Node.All<InsertSpecification>()) {
        var columns = Room(insert.Target, insert.Columns);
        if (insert.Columns.Count == 0 && insert.Target is NamedTableReference)
          problems.Add(new("count", module.At(insert), "an INSERT into a table that stays names no columns"));
        if (insert.InsertSource is SelectInsertSource { Select: var select }) Compare(insert, columns, Width(select));
        if (insert.InsertSource is ValuesInsertSource { RowValues: var rows })
          foreach (var row in rows) Compare(row, columns, row.ColumnValues.Count);
      }
      foreach (var output in module.Node.All<OutputIntoClause>())
        Compare(output, Room(output.IntoTable, output.IntoTableColumns), Width(output.SelectColumns));
      foreach (var table in module.Node.All<InlineDerivedTable>())
        foreach (var row in table.RowValues) Compare(row, table.Columns.Count, row.ColumnValues.Count);
      foreach (var table in module.Node.All<QueryDerivedTable>().Where(one => one.Columns.Count > 0))
        Compare(table, table.Columns.Count, Width(table.QueryExpression));
      foreach (var both in module.Node.All<BinaryQueryExpression>())
        Compare(both.SecondQueryExpression, Width(both.FirstQueryExpression), Width(both.SecondQueryExpression));
    }
  }

  static int? Width(QueryExpression query) => query switch {
    QuerySpecification q => Width(q.SelectElements),
    BinaryQueryExpression b => Width(b.FirstQueryExpression),
    QueryParenthesisExpression p => Width(p.QueryExpression),
    _ => null,
  };

  static int? Width(IList<SelectElement> elements) =>
    elements.Any(one => one is SelectStarExpression) ? null : elements.Count;
}
