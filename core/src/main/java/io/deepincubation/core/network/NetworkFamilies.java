package io.deepincubation.core.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * All families of networks that recipes may ask for: the library's, and those on the class path.
 */
public final class NetworkFamilies {

  /** Vision transformers (DeiT). */
  public static final String VIT = "vit";

  /** Residual networks for small images. */
  public static final String RESNET = "resnet";

  /** Transformers of texts. */
  public static final String BERT = "bert";

  private static final List<String> OF_THE_LIBRARY = List.of(VIT, RESNET, BERT);

  private static final Map<String, NetworkFamily> BUILT_IN =
      Map.of(
          VIT,
          new BuiltIn(
              VIT,
              size ->
                  new VisionTransformer(
                      size.image(),
                      size.patch(),
                      size.width(),
                      size.heads(),
                      size.classes(),
                      VisionTransformer.DEIT_EPSILON)),
          RESNET,
          new BuiltIn(
              RESNET, size -> new ResidualNetwork(size.image(), size.width(), size.classes())),
          BERT,
          new BuiltIn(BERT, TextTransformer::of));

  private record BuiltIn(String name, Function<NetworkSize, Architecture> maker)
      implements NetworkFamily {
    @Override
    public Architecture architecture(NetworkSize size) {
      return maker.apply(size);
    }

    @Override
    public boolean tellsLayers() {
      return true;
    }

    @Override
    public boolean tellsHeads() {
      return hasTimmNames(name);
    }
  }

  private NetworkFamilies() {}

  /** Whether a family's models have timm's names, which tell all of them; it has no options. */
  public static boolean hasTimmNames(String name) {
    return name.equals(VIT) || name.equals(RESNET);
  }

  /**
   * A family by its name; none where no jar on the class path has it.
   *
   * @throws IllegalArgumentException if a jar names a family that cannot be loaded
   */
  public static Optional<NetworkFamily> find(String name) {
    NetworkFamily builtIn = BUILT_IN.get(name);
    return builtIn != null ? Optional.of(builtIn) : Optional.ofNullable(others().get(name));
  }

  /**
   * The names of all families, the library's first.
   *
   * @throws IllegalArgumentException if a jar names a family that cannot be loaded
   */
  public static List<String> names() {
    var names = new ArrayList<>(OF_THE_LIBRARY);
    names.addAll(others().keySet());
    return names;
  }

  /** What is to be said where a family was found once, and is not here. */
  public static String missing(String name) {
    return String.format(
        Locale.ROOT,
        "expected a network of one of the families %s, got %s; add the jar that brings it with"
            + " --jars",
        String.join(", ", names()),
        name);
  }

  /** Spark gives the jars of an application to its threads, not to the library's class loader. */
  private static Map<String, NetworkFamily> others() {
    var found = new LinkedHashMap<String, NetworkFamily>();
    try {
      for (NetworkFamily family : ServiceLoader.load(NetworkFamily.class)) {
        found.putIfAbsent(family.name(), family);
      }
    } catch (ServiceConfigurationError e) {
      throw new IllegalArgumentException(
          "Cannot load a network family of the class path: " + e.getMessage(), e);
    }
    return found;
  }
}
