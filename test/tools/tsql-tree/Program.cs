// Microsoft's own parser of T-SQL, for programs in other languages. It reads a JSON string of SQL from each line, and
// answers with a line of JSON: {"tree": …}, or {"errors": ["line:column message", …]}.
//
// A node is an object with its class as "node" and its parts by their names in ScriptDom. What is NULL, false or an
// empty list is left out; where a node stands in the text is as well. A part of a kind that is not known here ends the
// program: nothing is left out unseen.
using System.Collections;
using System.Reflection;
using System.Text.Json;
using Microsoft.SqlServer.TransactSql.ScriptDom;

var parts = new Dictionary<Type, PropertyInfo[]>();
var output = Console.OpenStandardOutput();
while (Console.In.ReadLine() is { } line) {
  // As the oldest server reads it that is supported: 2016
  var tree = new TSql130Parser(initialQuotedIdentifiers: true)
    .Parse(new StringReader(JsonSerializer.Deserialize<string>(line) ?? ""), out var errors);
  using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { MaxDepth = 10_000 })) {
    json.WriteStartObject();
    if (errors.Count > 0) {
      json.WriteStartArray("errors");
      foreach (var e in errors) json.WriteStringValue($"{e.Line}:{e.Column} {e.Message}");
      json.WriteEndArray();
    } else {
      json.WritePropertyName("tree");
      Write(json, tree);
    }
    json.WriteEndObject();
  }
  output.WriteByte((byte)'\n');
  output.Flush();
}

// A property without a setter repeats what another one says, unless it is a list.
PropertyInfo[] PartsOf(Type type) {
  if (parts.TryGetValue(type, out var known)) return known;
  var place = typeof(TSqlFragment).GetProperties().Select(one => one.Name).ToHashSet();
  return parts[type] = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
    .Where(one => one.GetIndexParameters().Length == 0 && !place.Contains(one.Name))
    .Where(one => one.SetMethod is { IsPublic: true } || IsList(one.PropertyType))];
}

bool IsList(Type type) => type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type);

void Write(Utf8JsonWriter json, TSqlFragment node) {
  json.WriteStartObject();
  json.WriteString("node", node.GetType().Name);
  foreach (var part in PartsOf(node.GetType())) {
    switch (part.GetValue(node)) {
      case null or false: break;
      case TSqlFragment below: json.WritePropertyName(part.Name); Write(json, below); break;
      case string text: json.WriteString(part.Name, text); break;
      case true: json.WriteBoolean(part.Name, true); break;
      case Enum word: json.WriteString(part.Name, word.ToString()); break;
      case int number: json.WriteNumber(part.Name, number); break;
      case IEnumerable list: WriteList(json, part.Name, list); break;
      case var other: throw new NotSupportedException($"{node.GetType().Name}.{part.Name}: {other.GetType()}");
    }
  }
  json.WriteEndObject();
}

void WriteList(Utf8JsonWriter json, string name, IEnumerable list) {
  var nodes = list.Cast<object>().ToList();
  if (nodes.Count == 0) return;
  json.WriteStartArray(name);
  foreach (var one in nodes) Write(json, (TSqlFragment)one);
  json.WriteEndArray();
}
