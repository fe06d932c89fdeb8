package io.deepincubation.spark.storage;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.storage.Storage;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Carries the cluster's Hadoop configuration to tasks, without what Hadoop's jars bring as
 * defaults.
 *
 * <p>Settings may be secrets: nothing here prints their values.
 */
@Evolving
public final class HadoopStorageFactory implements StorageFactory {

  private static final long serialVersionUID = 1L;

  private final HashMap<String, String> settings;
  private transient @Nullable Configuration configuration;

  /**
   * Takes a copy of a configuration.
   *
   * @param configuration the cluster's, such as {@code JavaSparkContext.hadoopConfiguration()}
   */
  public HadoopStorageFactory(Configuration configuration) {
    settings = new HashMap<>();
    for (Map.Entry<String, String> setting : configuration) {
      if (!isDefault(configuration, setting.getKey())) {
        settings.put(setting.getKey(), setting.getValue());
      }
    }
  }

  private static boolean isDefault(Configuration configuration, String key) {
    String[] sources = configuration.getPropertySources(key);
    return sources != null
        && sources.length > 0
        && Stream.of(sources).allMatch(source -> source.endsWith("-default.xml"));
  }

  @Override
  public Storage open(String uri) {
    return HadoopStorage.open(uri, configuration());
  }

  /** Read once a process and factory: Hadoop parses files for it. */
  private synchronized Configuration configuration() {
    if (configuration == null) {
      configuration = new Configuration();
      settings.forEach(configuration::set);
    }
    return configuration;
  }

  @Override
  public String toString() {
    return "HadoopStorageFactory of " + settings.size() + " settings";
  }
}
