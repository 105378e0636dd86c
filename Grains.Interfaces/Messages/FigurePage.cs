namespace Bayou.Grains.Interfaces.Messages;

/// <summary>Part of a sorted list, and how long the whole of it is.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.FigurePage`1")]
public sealed record FigurePage<T>([property: Id(0)] int Total, [property: Id(1)] IReadOnlyList<T> Items)
{
    /// <summary>Nodes that did not answer in time: what only they know is missing, or as another one knows it.</summary>
    [Id(2)]
    public IReadOnlyList<string> Unanswered { get; init; } = [];
}
