using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Bayou.Grains.Interfaces;

/// <summary>How exceptions of grains reach callers in other processes.</summary>
public static class ExceptionSerialization
{
    /// <summary>
    /// Has Orleans serialize this system's own exceptions, too. It refuses those of a namespace that it was not told of, even as the inner
    /// exception of another, and the caller gets neither.
    /// </summary>
    public static IServiceCollection AddExceptionSerialization(this IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(static options => options.SupportedNamespacePrefixes.Add("Bayou"));
}
