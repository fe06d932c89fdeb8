package io.deepincubation.spark.storage;

import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.InputFile;

/**
 * Files in a folder of any file system that Hadoop reads, set up as the cluster's configuration
 * says.
 *
 * <p>Local files are used as they are: Hadoop's own way to them keeps checksum files, which other
 * programs that replace a file leave stale, and answers a full disk with an {@link Error}. Files
 * whose names begin with a dot are not listed.
 */
public final class HadoopStorage implements Storage {

  private final String uri;
  private final FileSystem fileSystem;
  private final AtomicFiles files;

  private HadoopStorage(String uri, FileSystem fileSystem, AtomicFiles files) {
    this.uri = uri;
    this.fileSystem = fileSystem;
    this.files = files;
  }

  /**
   * The files of a folder, which need not exist yet. Object stores are first asked when a file is.
   *
   * @param uri the folder
   * @param configuration the cluster's
   * @throws StorageException if no file system is set up for the URI
   */
  public static Storage open(String uri, Configuration configuration) {
    try {
      Path root = HadoopPaths.of(uri);
      FileSystem fileSystem = root.getFileSystem(configuration);
      if (HadoopPaths.isLocal(fileSystem)) {
        String folder = fileSystem.makeQualified(root).toUri().getPath();
        return new LocalStorage(uri, java.nio.file.Path.of(folder));
      }
      return new HadoopStorage(uri, fileSystem, AtomicFiles.on(fileSystem, configuration));
    } catch (IOException | RuntimeException e) {
      throw StorageFailure.of("open", uri, e);
    }
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public Storage folder(String name) {
    return new HadoopStorage(full(name), fileSystem, files);
  }

  @Override
  public boolean exists(String name) {
    try {
      return fileSystem.exists(path(name));
    } catch (IOException e) {
      throw StorageFailure.of("look for", full(name), e);
    }
  }

  @Override
  public long length(String name) {
    try {
      return fileSystem.getFileStatus(path(name)).getLen();
    } catch (IOException e) {
      throw StorageFailure.of("read", full(name), e);
    }
  }

  @Override
  public InputStream open(String name) {
    try {
      return fileSystem.open(path(name));
    } catch (IOException e) {
      throw StorageFailure.of("read", full(name), e);
    }
  }

  @Override
  public InputFile inputFile(String name) {
    return new HadoopInput(fileSystem, path(name));
  }

  @Override
  public void write(String name, Content content) {
    try {
      files.publish(path(name), content);
    } catch (IOException e) {
      throw StorageFailure.of("write", full(name), e);
    }
  }

  @Override
  public boolean create(String name, Content content) {
    try {
      return files.create(path(name), content);
    } catch (IOException e) {
      throw StorageFailure.of("write", full(name), e);
    }
  }

  @Override
  public boolean createsAtomically() {
    try {
      return files.createsAtomically(path(""));
    } catch (IOException e) {
      throw StorageFailure.of("look at", uri, e);
    }
  }

  @Override
  public List<String> list(String folder) {
    try {
      return Stream.of(fileSystem.listStatus(path(folder)))
          .filter(FileStatus::isFile)
          .map(file -> file.getPath().getName())
          .filter(file -> !file.startsWith("."))
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw StorageFailure.of("list", full(folder), e);
    }
  }

  @Override
  public void delete(String name) {
    try {
      boolean deleted = fileSystem.delete(path(name), true);
      if (!deleted && fileSystem.exists(path(name))) {
        throw new IOException("the file system kept it");
      }
    } catch (FileNotFoundException e) {
      // there is none, which is what was wanted
    } catch (IOException e) {
      throw StorageFailure.of("delete", full(name), e);
    }
  }

  private Path path(String name) {
    if (Stream.of(name.split("/", -1)).anyMatch(".."::equals)) {
      throw new IllegalArgumentException(
          "Cannot use the name " + name + ": expected one inside " + uri);
    }
    return HadoopPaths.of(full(name));
  }

  private String full(String name) {
    return name.isEmpty() ? uri : uri.endsWith("/") ? uri + name : uri + "/" + name;
  }
}
