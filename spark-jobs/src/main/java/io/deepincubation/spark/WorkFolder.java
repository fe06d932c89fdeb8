package io.deepincubation.spark;

import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.spark.storage.HadoopPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;

/**
 * Where an estimator keeps prepared images and runs.
 *
 * @param uri the folder
 * @param temporary whether it is this process's own, which ends with it
 */
record WorkFolder(String uri, boolean temporary) {

  private static final String NAME = "deep-incubation-";

  /**
   * The folder that a user names, or a temporary one where that is empty.
   *
   * @throws UsageException if executors would not see a temporary one
   */
  static WorkFolder of(String named, SparkContext context) {
    return named.isEmpty() ? temporary(context) : new WorkFolder(named, false);
  }

  private static WorkFolder temporary(SparkContext context) {
    Configuration configuration = context.hadoopConfiguration();
    try {
      if (context.isLocal()) {
        return onExit("file:" + Files.createTempDirectory(NAME), configuration);
      }
      FileSystem shared = FileSystem.get(configuration);
      if (HadoopPaths.isLocal(shared)) {
        throw new UsageException(
            "Cannot train: expected a folder that all executors see, got none, and the cluster's"
                + " own file system is this machine's; set workFolder");
      }
      Path folder = shared.makeQualified(new Path("/tmp/" + NAME + UUID.randomUUID()));
      return onExit(folder.toString(), configuration);
    } catch (IOException e) {
      throw new StorageException(
          "Cannot make a temporary folder: " + e.getMessage() + "; set workFolder", e);
    }
  }

  private static WorkFolder onExit(String uri, Configuration configuration) throws IOException {
    Path folder = HadoopPaths.of(uri);
    FileSystem fileSystem = folder.getFileSystem(configuration);
    fileSystem.mkdirs(folder);
    fileSystem.deleteOnExit(folder);
    return new WorkFolder(uri, true);
  }

  /** The URI of a folder or file in it. */
  String in(String name) {
    return uri.endsWith("/") ? uri + name : uri + "/" + name;
  }
}
